import {
  AttemptEnded,
  AttemptStarted,
  CallEnded,
  CallStarted,
  PipelineError,
  TargetRefused,
} from "@bellwether/core"
import type { Attempt, Plugin, Services } from "@bellwether/core"
import { Tally } from "./tally.ts"
import type { Statistics } from "./tally.ts"
import { TargetTally } from "./target-tally.ts"
import type { TargetStatistics } from "./target-tally.ts"

/** The numbers of a pipeline's calls, and of the attempts on each of its targets. Plain data. */
export interface MetricsSnapshot extends Statistics {
  /** Since when is counted, in milliseconds since 1970. */
  readonly sinceMs: number
  /** By id, such as `primary/key-1`. What is counted here is attempts, of which a call may take several. */
  readonly targets: Readonly<Record<string, TargetStatistics>>
}

/** The plugin, and what it has counted. */
export interface Metrics extends Plugin {
  /** @throws PipelineError `plugin-unused` while it is in no pipeline */
  snapshot(): MetricsSnapshot
  /**
   * Counts from zero again; what is under way is counted when it ends.
   *
   * @throws PipelineError `plugin-unused` while it is in no pipeline
   */
  reset(): void
}

/**
 * Counts calls, attempts, failovers and retries, and how long they take. Watches only: it is in nobody's way.
 *
 * @example
 * const stats = metrics()
 * const pipeline = createPipeline({ endpoints, use: [stats] })
 * stats.snapshot().successRatePercent
 */
export function metrics(): Metrics {
  let counting: Counting | undefined

  function used(): Counting {
    if (counting !== undefined) return counting
    throw new PipelineError(
      "plugin-unused",
      "These metrics are in no pipeline yet: put them into `use` first.",
    )
  }

  return {
    name: "metrics",
    setup(services) {
      if (counting !== undefined)
        throw new PipelineError(
          "plugin-reused",
          "These metrics are in a pipeline already: call metrics() for each pipeline.",
        )
      const started = new Counting(services)
      counting = started
      return { inspect: () => started.snapshot() }
    },
    snapshot: () => used().snapshot(),
    reset: () => used().reset(),
  }
}

class Counting {
  readonly #services: Services
  readonly #calls = new Tally()
  readonly #targets: ReadonlyMap<string, TargetTally>
  #sinceMs: number

  constructor(services: Services) {
    this.#services = services
    this.#sinceMs = services.clock.date()
    this.#targets = new Map(services.targets.map((target) => [target.id, new TargetTally(target)]))
    services.on(CallStarted, () => this.#calls.started())
    services.on(CallEnded, ({ call, ending }) => this.#calls.ended(ending, call.stream))
    services.on(AttemptStarted, ({ attempt }) => this.#started(attempt))
    services.on(AttemptEnded, ({ attempt, ending }) => this.#of(attempt)?.ended(attempt, ending))
    services.on(TargetRefused, ({ target }) => {
      const tally = this.#targets.get(target.id)
      if (tally !== undefined) tally.refusals++
    })
  }

  #started(attempt: Attempt): void {
    const tally = this.#of(attempt)?.attempts
    tally?.started()
    for (const counted of [this.#calls, tally]) {
      if (counted === undefined) continue
      if (isFailover(attempt)) counted.failovers++
      if (attempt.kind === "repeat") counted.retries++
    }
  }

  #of({ target }: Attempt): TargetTally | undefined {
    return this.#targets.get(target.id)
  }

  reset(): void {
    this.#sinceMs = this.#services.clock.date()
    this.#calls.reset()
    for (const tally of this.#targets.values()) tally.reset()
  }

  snapshot(): MetricsSnapshot {
    const targets = [...this.#targets].map(([id, tally]) => [id, tally.read(this.#services.board)] as const)
    return { sinceMs: this.#sinceMs, ...this.#calls.read(), targets: Object.fromEntries(targets) }
  }
}

/** A hedge goes elsewhere too, but nothing has failed. */
function isFailover({ call, kind, number, target }: Attempt): boolean {
  if (number === 1 || kind === "hedge") return false
  return call.attempts[number - 2]?.target.id !== target.id
}
