import { estimateInput, failureTable } from "@bellwether/wire"
import type { Operation } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import type { Call, Estimate } from "./call.ts"
import type { CallEnding, Draft } from "./ending.ts"
import { ListenerFailed } from "./event.ts"
import type { EventBus } from "./event.ts"
import { CallEnded } from "./events.ts"
import type { Failure } from "./failure.ts"
import { Deadline } from "./hint.ts"
import type { Hint, Hints } from "./hint.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import { LiveBranch } from "./live-branch.ts"
import type { Asking } from "./live-context.ts"
import type { Clock } from "./clock.ts"
import type { RequestBody } from "./request.ts"
import { serving } from "./serving.ts"
import type { Stop } from "./stop.ts"
import { superseded } from "./stop.ts"
import type { Target } from "./target.ts"
import type { TrailEntry, TrailNote } from "./trail.ts"

/** What a call is made of when it begins. */
export interface CallFacts {
  readonly id: string
  readonly operation: Operation
  readonly model: string | undefined
  readonly stream: boolean
  readonly choices: number
  readonly maxTokens: number | undefined
  readonly body: RequestBody | undefined
  readonly startedAtMs: number
  /** Milliseconds until its deadline, unless the caller wants another one. */
  readonly allowedMs: number
  /** All of the pipeline. */
  readonly targets: readonly Target[]
  readonly maxAttempts: number
  readonly hints: Hints | undefined
}

/** The one mutable record of a call: its attempts, its trail, its end. */
export class LiveCall implements Call {
  readonly id: string
  readonly operation: Operation
  readonly model: string | undefined
  readonly stream: boolean
  /** How many choices the caller asked for: a stream is complete when all have finished. */
  readonly choices: number
  readonly startedAtMs: number
  readonly candidates: readonly Target[]
  /** How long it may take to its commit, in milliseconds. */
  readonly allowedMs: number
  readonly attempts: Attempt[] = []
  readonly trail: TrailEntry[] = []
  readonly root = new LiveBranch()
  committed = false
  readonly #targets: readonly Target[]
  readonly #maxAttempts: number
  readonly #maxTokens: number | undefined
  readonly #body: RequestBody | undefined
  readonly #hints: Hints | undefined
  readonly #clock: Clock
  readonly #events: EventBus
  #estimate: Estimate | undefined
  #failedAlike: Map<string, Set<string>> | undefined
  #onEnd: ((ending: CallEnding) => void)[] = []
  #onStop: ((stop: Stop) => void) | undefined
  #isOver = false
  #ending: CallEnding | undefined
  #firstContentMs: number | undefined

  constructor(facts: CallFacts, clock: Clock, events: EventBus) {
    this.id = facts.id
    this.operation = facts.operation
    this.model = facts.model
    this.stream = facts.stream
    this.choices = facts.choices
    this.startedAtMs = facts.startedAtMs
    this.#targets = facts.targets
    this.candidates = serving(facts.targets, facts.model)
    this.#maxAttempts = facts.maxAttempts
    this.#maxTokens = facts.maxTokens
    this.#body = facts.body
    this.#hints = facts.hints
    this.allowedMs = this.hint(Deadline) ?? facts.allowedMs
    this.#clock = clock
    this.#events = events
  }

  get deadlineMs(): number {
    return this.committed ? Infinity : this.startedAtMs + this.allowedMs
  }

  get attemptsLeft(): number {
    return this.#maxAttempts - this.attempts.length
  }

  /** What the call is when it asks for another model. */
  asking(model: string): Asking {
    return { model, candidates: serving(this.#targets, model) }
  }

  estimate(): Estimate {
    return (this.#estimate ??= this.#estimated())
  }

  #estimated(): Estimate {
    const body = this.#body
    const input = typeof body === "string" || body instanceof Uint8Array ? estimateInput(body) : 0
    return this.#maxTokens === undefined ? { input } : { input, output: this.#maxTokens * this.choices }
  }

  hint<T>({ name }: Hint<T>): T | undefined {
    return this.#hints?.get(name) as T | undefined
  }

  note(entry: TrailNote): void {
    this.trail.push({ atMs: this.trailMs(this.#clock.now()), ...entry })
  }

  /** A time as the trail tells it. */
  trailMs(nowMs: number): number {
    return Math.round(nowMs - this.startedAtMs)
  }

  onEnd(run: (ending: CallEnding) => void): void {
    if (this.#ending === undefined) this.#onEnd.push(run)
    else this.#tell(run, this.#ending)
  }

  /** Tells whoever faces the caller, at once, that the call is stopped; the last to ask is told. */
  onStop(run: ((stop: Stop) => void) | undefined): void {
    this.#onStop = run
  }

  /** Ends the call from outside: the caller's signal, the deadline, the pipeline's close. */
  stop(stop: Stop): void {
    if (this.#isOver) return
    this.root.stop(stop)
    this.#onStop?.(stop)
  }

  /** The answer is chosen: no other attempt goes on, and the call can no longer be replaced. */
  commit(winner: LiveAttempt): void {
    this.committed = true
    this.#onStop = undefined
    this.#firstContentMs = this.#clock.now() - this.startedAtMs
    this.root.endAttempts(superseded, winner)
  }

  /** Whether this failure counts against the endpoint: alike on two others, the call itself is poisoned. */
  blames(endpoint: string, failure: Failure): boolean {
    if (failureTable[failure.class].health !== "counts" || failure.shortened) return false
    if (failure.class !== "server-error" && failure.class !== "broken-response") return true
    this.#failedAlike ??= new Map()
    const alike = this.#failedAlike.get(failure.class) ?? new Set<string>()
    this.#failedAlike.set(failure.class, alike)
    if (alike.size >= 2 && !alike.has(endpoint)) return false
    alike.add(endpoint)
    return true
  }

  end(failure: Failure | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onStop = undefined
    this.root.stop(superseded)
    const attempts: CallEnding["attempts"][number][] = []
    for (const attempt of this.attempts)
      if (attempt.ending !== undefined) attempts.push({ attempt, ending: attempt.ending })
    const ending: Draft<CallEnding> = { attempts, durationMs: this.#clock.now() - this.startedAtMs }
    if (failure !== undefined) ending.failure = failure
    if (this.#firstContentMs !== undefined) ending.firstContentMs = this.#firstContentMs
    this.#ending = ending
    for (const run of this.#onEnd) this.#tell(run, ending)
    this.#events.emit(CallEnded, { call: this, ending })
  }

  #tell(run: (ending: CallEnding) => void, ending: CallEnding): void {
    try {
      const result: unknown = run(ending)
      if (result instanceof Promise) this.#events.outlives(run, CallEnded.name, result)
    } catch (error) {
      this.#events.fault(run, CallEnded.name, error)
    }
  }

  /** Tells of somebody who watched and threw. */
  report(event: string, error: unknown): void {
    this.#events.emit(ListenerFailed, { event, error })
  }
}
