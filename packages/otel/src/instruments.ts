import type { Attempt, Call, CallEnding, Ending, Target } from "@bellwether/core"
import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api"
import { disowned } from "./disowned.ts"
import { metricPrefix, operationName, tokenNames } from "./names.ts"
import type { Conventions } from "./names.ts"
import type { Servers } from "./servers.ts"
import { lastAsked } from "./span-facts.ts"

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
    const last = lastAsked(ending)
    const about = this.#about(call, call.model, last?.attempt.target, last?.ending)
    const prefix = this.#prefix(call)
    if (failure !== undefined) about["error.type"] = failure.class
    this.#record(`${prefix}.duration`, seconds, durationMs / 1_000, about)
    if (call.stream && firstContentMs !== undefined)
      this.#record(`${prefix}.time_to_first_chunk`, seconds, firstContentMs / 1_000, about)
  }

  /** Tokens are counted by attempt: each was used where it went. */
  attemptEnded({ call, model, target }: Attempt, ending: Ending): void {
    const { usage } = ending
    if (usage === undefined) return
    const about = this.#about(call, model, target, ending)
    if (this.#conventions === "1.41") {
      for (const type of ["input", "output"] as const)
        this.#record("gen_ai.client.token.usage", tokens, usage[type], {
          ...about,
          "gen_ai.token.type": type,
        })
      return
    }
    if (call.operation.name === "embeddings") {
      this.#record(`${this.#prefix(call)}.operation.input_tokens`, tokens, usage.input, about)
      return
    }
    for (const [kind, name] of tokenNames[this.#conventions]) {
      const used = usage[kind]
      if (used === undefined) continue
      disowned(this.#counter(`gen_ai.client.inference.usage.${name}`).add(used, about))
      if (kind === "input" || kind === "output")
        this.#record(`gen_ai.client.inference.operation.${name}`, tokens, used, about)
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
          this.#record(
            `${this.#prefix(call)}.time_per_output_chunk`,
            seconds,
            (nowMs - lastMs) / 1_000,
            about,
          )
        lastMs = nowMs
      },
    })
  }

  #about(call: Call, model: string | undefined, target: Target | undefined, ending?: Ending): Attributes {
    const answeredBy = ending?.answer?.model
    const about: Attributes = {
      "gen_ai.operation.name": operationName(call.operation.name),
      ...this.#servers.describe(target, call),
    }
    if (model !== undefined) about["gen_ai.request.model"] = model
    if (answeredBy !== undefined) about["gen_ai.response.model"] = answeredBy
    return about
  }

  #prefix({ operation }: Call): string {
    return metricPrefix(this.#conventions, operationName(operation.name))
  }

  #record(name: string, options: typeof seconds, value: number, about: Attributes): void {
    disowned(this.#histogram(name, options).record(value, about))
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
