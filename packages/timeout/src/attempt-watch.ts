import type { Attempt, AttemptObserver, Clock, Failure, Timer } from "@bellwether/core"
import type { Limits } from "./limits.ts"

/** A limit on one part of an attempt. */
interface Limit {
  readonly ms: number
  readonly code: string
  /** What the target has done when it has passed, after its name. */
  readonly passed: string
}

/**
 * Watches one attempt with one timer. Progress only leaves a mark; the timer finds out by itself, when it fires,
 * how much is left, so that a chunk of a stream costs no timer.
 */
export class AttemptWatch implements AttemptObserver {
  readonly #attempt: Attempt
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #timer: Timer
  /** How much of the call's time this attempt may take while others could; infinite once it has been asked for. */
  #shareMs: number
  /** Monotonic milliseconds; infinite while the timer is not armed. */
  #firesAtMs: number
  #hasHeaders = false
  /** The limit on the whole has passed without a cut. */
  #isTotalOver = false
  #isReading = false
  /** Something has come; see `#takeProgress`. */
  #hasProgressed = false
  #readingSinceMs = 0
  /** How long the caller had waited since the last progress, before `#readingSinceMs`. */
  #waitedMs = 0

  constructor(attempt: Attempt, limits: Limits, clock: Clock) {
    this.#attempt = attempt
    this.#limits = limits
    this.#clock = clock
    this.#shareMs = (attempt.call.deadlineMs - attempt.startedAtMs) * shareOfDeadline
    const { headersMs, firstContentMs, answerMs, totalMs = Infinity } = limits
    const ownMs = attempt.call.stream ? Math.min(headersMs, firstContentMs) : answerMs
    const firstMs = Math.min(ownMs, totalMs, this.#shareMs)
    this.#firesAtMs = attempt.startedAtMs + firstMs
    this.#timer = clock.after(firstMs, () => this.#fire())
  }

  headers(): void {
    this.#hasHeaders = true
  }

  commit(): void {
    const { totalMs } = this.#limits
    if (totalMs === undefined) return
    const nowMs = this.#clock.now()
    const endsAtMs = this.#attempt.startedAtMs + totalMs
    if (endsAtMs <= nowMs) this.#isTotalOver = true
    else this.#armBy(endsAtMs, nowMs)
  }

  progress(): void {
    this.#hasProgressed = true
  }

  reading(on: boolean): void {
    const hasProgressed = this.#takeProgress()
    this.#isReading = on
    if (on) {
      this.#readingSinceMs = this.#clock.now()
      this.#armBy(this.#idleAtMs(), this.#readingSinceMs)
    } else if (!hasProgressed) this.#waitedMs += this.#clock.now() - this.#readingSinceMs
  }

  end(): void {
    // Earlier than everything, so that nothing arms it again.
    this.#firesAtMs = -Infinity
    this.#timer.cancel()
  }

  #armBy(atMs: number, nowMs: number): void {
    if (atMs >= this.#firesAtMs) return
    this.#firesAtMs = atMs
    this.#timer.rearm(atMs - nowMs)
  }

  #fire(): void {
    this.#firesAtMs = Infinity
    const nowMs = this.#clock.now()
    if (this.#attempt.committed) this.#checkBody(nowMs)
    else this.#checkStart(nowMs)
  }

  /** Before the commit a limit cuts only what can be replaced; the last candidate goes on, blamed. */
  #checkStart(nowMs: number): void {
    const { startedAtMs } = this.#attempt
    const limits = this.#startLimits()
    // Moments are compared, never durations: what is rounded otherwise than the timer's moment might never pass.
    const passed = limits.find(({ ms }) => startedAtMs + ms <= nowMs)
    const isShareOver = startedAtMs + this.#shareMs <= nowMs
    if (passed === undefined && isShareOver && this.#attempt.hasAlternative())
      this.#attempt.fail({ ...this.#failure(shareLimit(this.#shareMs)), shortened: true })
    else if (passed === undefined) {
      if (isShareOver) this.#shareMs = Infinity
      const nextMs = Math.min(this.#shareMs, ...limits.map(({ ms }) => ms))
      this.#armBy(startedAtMs + nextMs, nowMs)
    } else if (this.#attempt.hasAlternative()) this.#attempt.fail(this.#failure(passed))
    // The timer is not armed again: no other limit counts until the commit.
    else this.#attempt.blame(this.#failure(passed))
  }

  #checkBody(nowMs: number): void {
    const totalMs = this.#isTotalOver ? Infinity : (this.#limits.totalMs ?? Infinity)
    const endsAtMs = this.#attempt.startedAtMs + totalMs
    if (this.#isReading && this.#takeProgress()) this.#readingSinceMs = nowMs
    const idleAtMs = this.#isReading ? this.#idleAtMs() : Infinity
    if (endsAtMs <= nowMs) this.#attempt.fail(this.#failure(totalLimit(totalMs)))
    else if (idleAtMs <= nowMs) this.#attempt.fail(this.#failure(idleLimit(this.#limits.idleMs)))
    else this.#armBy(Math.min(endsAtMs, idleAtMs), nowMs)
  }

  #idleAtMs(): number {
    return this.#readingSinceMs + this.#limits.idleMs - this.#waitedMs
  }

  /** Whether something has come since this was last asked; with it the waiting begins anew. */
  #takeProgress(): boolean {
    if (!this.#hasProgressed) return false
    this.#hasProgressed = false
    this.#waitedMs = 0
    return true
  }

  #startLimits(): readonly Limit[] {
    const { headersMs, firstContentMs, answerMs, totalMs } = this.#limits
    const limits: Limit[] = []
    if (!this.#attempt.call.stream)
      limits.push({ ms: answerMs, code: "answer-timeout", passed: "gave no complete answer within" })
    else {
      if (!this.#hasHeaders)
        limits.push({ ms: headersMs, code: "headers-timeout", passed: "sent no headers within" })
      limits.push({ ms: firstContentMs, code: "first-content-timeout", passed: "sent no content within" })
    }
    if (totalMs !== undefined) limits.push(totalLimit(totalMs))
    return limits
  }

  #failure({ ms, code, passed }: Limit): Failure {
    // SDKs take an error that says "timed out" for one of their own and lose the rest of it.
    return { class: "timeout", code, message: `${this.#attempt.target.id} ${passed} ${inWords(ms)}.` }
  }
}

/**
 * Of a short deadline an attempt gets a part only, while the call could go elsewhere: else one target that hangs would
 * take the time of all.
 */
const shareOfDeadline = 0.5

const shareLimit = (ms: number): Limit => ({
  ms,
  code: "deadline-share-timeout",
  passed: "has taken its share of the call's time without an answer:",
})

const totalLimit = (ms: number): Limit => ({ ms, code: "total-timeout", passed: "was not done within" })

const idleLimit = (ms: number): Limit => ({
  ms,
  code: "idle-timeout",
  passed: "stopped in the middle of its answer and sent nothing for",
})

const inWords = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`)
