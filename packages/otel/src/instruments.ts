import type { Attempt, Call, CallEnding, Ending } from "@bellwether/core"
import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api"
import { metricPrefix, operationName } from "./names.ts"
import type { Conventions } from "./names.ts"
import { tokensByKind } from "./usage.ts"
import { lastAsked } from "./servers.ts"
import type { Servers } from "./servers.ts"

/** Boundaries of durations, in seconds, as the conventions advise. */
const seconds = {
  unit: "s",
  advice: { explicitBucketBoundaries: Array.from({ length: 14 }, (_, power) => 2 ** power / 100) },
}

/** Boundaries of token counts, as the conventions advise. */
const tokens = {
  unit: "{token}",
  advice: { explicitBucketBoundaries: Array.from({ length: 14 }, (_, power) => 4 ** power) },
}

/** The metrics of one meter. */
export class Instruments {
  readonly #meter: Meter
  readonly #conventions: Conventions
  readonly #servers: Servers
  readonly #histograms = new Map<string, Histogram>()
  readonly #counters = new Map<string, Counter>()

  constructor(meter: Meter, conventions: Conventions, servers: Servers) {
    this.#meter = meter
    this.#conventions = conventions
    this.#servers = servers
  }

  callEnded(call: Call, ending: CallEnding): void {
    const { failure, durationMs, firstContentMs } = ending
    const about = this.#about(call, call.model, lastAsked(ending))
    const prefix = this.#prefix(call)
    if (failure !== undefined) about["error.type"] = failure.class
    this.#histogram(`${prefix}.duration`, seconds).record(durationMs / 1_000, about)
    if (call.stream && firstContentMs !== undefined)
      this.#histogram(`${prefix}.time_to_first_chunk`, seconds).record(firstContentMs / 1_000, about)
  }

  /** Tokens are counted by attempt: each was used where it went. */
  attemptEnded({ call, model, target }: Attempt, { usage }: Ending): void {
    if (usage === undefined) return
    const about = this.#about(call, model, target)
    if (this.#conventions === "1.41") {
      const histogram = this.#histogram("gen_ai.client.token.usage", tokens)
      for (const type of ["input", "output"] as const)
        histogram.record(usage[type], { ...about, "gen_ai.token.type": type })
      return
    }
    for (const [kind, used] of tokensByKind(usage, this.#conventions)) {
      this.#counter(`gen_ai.client.inference.usage.${kind}`).add(used, about)
      if (kind === "input_tokens" || kind === "output_tokens")
        this.#histogram(`gen_ai.client.inference.operation.${kind}`, tokens).record(used, about)
    }
  }

  /** Measures the time between the chunks of a stream. */
  watchChunks(attempt: Attempt, now: () => number): void {
    const { call, model, target } = attempt
    let about: Attributes | undefined
    let lastMs: number | undefined
    attempt.observe({
      progress: () => {
        const nowMs = now()
        about ??= this.#about(call, model, target)
        if (lastMs !== undefined)
          this.#histogram(`${this.#prefix(call)}.time_per_output_chunk`, seconds).record(
            (nowMs - lastMs) / 1_000,
            about,
          )
        lastMs = nowMs
      },
    })
  }

  #about(call: Call, model: string | undefined, target: Attempt["target"] | undefined): Attributes {
    const about: Attributes = {
      "gen_ai.operation.name": operationName(call.operation.name),
      ...this.#servers.describe(target, call),
    }
    if (model !== undefined) about["gen_ai.request.model"] = model
    return about
  }

  #prefix({ operation }: Call): string {
    return metricPrefix(this.#conventions, operationName(operation.name))
  }

  #histogram(name: string, options: typeof seconds): Histogram {
    const known = this.#histograms.get(name)
    if (known !== undefined) return known
    const made = this.#meter.createHistogram(name, options)
    this.#histograms.set(name, made)
    return made
  }

  #counter(name: string): Counter {
    const known = this.#counters.get(name)
    if (known !== undefined) return known
    const made = this.#meter.createCounter(name, { unit: "{token}" })
    this.#counters.set(name, made)
    return made
  }
}
