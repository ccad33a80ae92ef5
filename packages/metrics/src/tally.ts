import type { Failure } from "@bellwether/core"
import { Histogram } from "@bellwether/histogram"
import type { Durations } from "@bellwether/histogram"

/** The numbers of a pipeline's calls, or of one target's attempts. */
export interface Statistics {
  /** Those that are over. */
  readonly total: number
  readonly successful: number
  readonly failed: number
  /** Given up by the caller, or because another attempt answered first: neither a success nor a failure. */
  readonly cancelled: number
  readonly inFlight: number
  /** Of those that succeeded or failed; `null` while there are none. */
  readonly successRatePercent: number | null
  /** Attempts on another target than the one before in the same call; hedges are none. */
  readonly failovers: number
  /** Attempts on a target that had failed in the same call, made for another chance (kind `repeat`). */
  readonly retries: number
  /** From the start to the end of the body, of the successful ones; `null` while there are none. */
  readonly latencyMs: Durations | null
  /** From the start to the first content, of the successful streams; `null` while there are none. */
  readonly firstContentMs: Durations | null
}

/** How one call or attempt ended, as far as it is counted. */
export interface Ended {
  readonly failure?: Failure
  readonly durationMs: number
  readonly firstContentMs?: number
}

/** Counts calls or attempts: constant time for each, constant memory for all. */
export class Tally {
  failovers = 0
  retries = 0
  #inFlight = 0
  #successful = 0
  #failed = 0
  #cancelled = 0
  readonly #latency = new Histogram()
  readonly #firstContent = new Histogram()

  started(): void {
    this.#inFlight++
  }

  ended({ failure, durationMs, firstContentMs }: Ended, isStream: boolean): void {
    this.#inFlight--
    if (failure !== undefined) {
      if (isGivenUp(failure)) this.#cancelled++
      else this.#failed++
      return
    }
    this.#successful++
    this.#latency.record(durationMs)
    if (isStream && firstContentMs !== undefined) this.#firstContent.record(firstContentMs)
  }

  /** Forgets what was; what is under way stays under way. */
  reset(): void {
    this.failovers = 0
    this.retries = 0
    this.#successful = 0
    this.#failed = 0
    this.#cancelled = 0
    this.#latency.reset()
    this.#firstContent.reset()
  }

  read(): Statistics {
    const judged = this.#successful + this.#failed
    return {
      total: judged + this.#cancelled,
      successful: this.#successful,
      failed: this.#failed,
      cancelled: this.#cancelled,
      inFlight: this.#inFlight,
      successRatePercent: judged === 0 ? null : (100 * this.#successful) / judged,
      failovers: this.failovers,
      retries: this.retries,
      latencyMs: this.#latency.summary() ?? null,
      firstContentMs: this.#firstContent.summary() ?? null,
    }
  }
}

/** Whether an attempt or call was ended on our side, which says nothing of whom it went to. */
export function isGivenUp({ class: failureClass }: Failure): boolean {
  return failureClass === "cancelled" || failureClass === "superseded"
}
