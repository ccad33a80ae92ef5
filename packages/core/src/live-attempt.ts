import type { AnswerLabel, Usage } from "@bellwether/wire"
import type { Lease } from "./admission.ts"
import type { Answer, Failed } from "./answer.ts"
import type { Attempt, AttemptKind, AttemptObserver } from "./attempt.ts"
import type { Tell } from "./attempt-moments.ts"
import * as moments from "./attempt-moments.ts"
import type { BodySource } from "./body-source.ts"
import type { Clock } from "./clock.ts"
import { Alternative } from "./context.ts"
import type { Chosen } from "./context.ts"
import type { Draft, Ending } from "./ending.ts"
import type { EventBus } from "./event.ts"
import { AttemptCommitted, AttemptEnded } from "./events.ts"
import type { Failure } from "./failure.ts"
import type { LiveCall } from "./live-call.ts"
import type { LiveContext } from "./live-context.ts"
import { abandoned } from "./stop.ts"
import type { Stop } from "./stop.ts"
import type { Target } from "./target.ts"
import { tellLease } from "./tell-lease.ts"

/** What core lends to the attempts of a pipeline. */
export interface AttemptServices {
  readonly clock: Clock
  readonly events: EventBus
}

/** The one mutable record of an attempt. Everything that can end it meets in `#finish`. */
export class LiveAttempt implements Attempt {
  readonly id: string
  readonly call: LiveCall
  readonly target: Target
  readonly model: string | undefined
  readonly kind: AttemptKind
  readonly number: number
  readonly startedAtMs: number
  status: number | undefined
  committed = false
  ending: Ending | undefined
  /** What it was admitted with. */
  leases: readonly Lease[] = []
  /** Its one exchange, once it has begun. */
  answer: Promise<Answer> | undefined
  /** Whether it is the caller who reads its answer. */
  isDelivered = false
  /** What the answer is read from, once there is one. */
  body: BodySource | undefined
  readonly #context: LiveContext
  readonly #services: AttemptServices
  readonly #controller = new AbortController()
  /** Replaced, never changed: who is added while a moment is told has heard of it already. */
  #observers: readonly AttemptObserver[] = []
  #settle: ((answer: Failed) => void) | undefined
  #blamed: Failure | undefined
  #givenUp: Failure | undefined
  #whenOver: (() => void) | undefined
  #headersArrived = false
  #isReading = false
  #firstContentMs: number | undefined
  #resource: string | undefined
  #usage: Usage | undefined
  #label: AnswerLabel | undefined

  constructor(context: LiveContext, { target, kind }: Chosen, services: AttemptServices) {
    this.call = context.call
    this.model = context.model
    this.number = this.call.attempts.length + 1
    this.id = `${this.call.id}-${this.number}`
    this.target = target
    this.kind = kind
    this.startedAtMs = services.clock.now()
    this.#context = context
    this.#services = services
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get #isOver(): boolean {
    return this.ending !== undefined
  }

  observe(observer: AttemptObserver): void {
    this.#observers = [...this.#observers, observer]
    const resource = this.#resource
    const { ending } = this
    if (this.#headersArrived) this.#tellOne(observer, "headers", moments.tellHeaders)
    if (this.#firstContentMs !== undefined) this.#tellOne(observer, "content", moments.tellContent)
    if (this.committed) this.#tellOne(observer, "commit", moments.tellCommit)
    if (resource !== undefined) this.#tellOne(observer, "resource", () => observer.resource?.(resource))
    if (ending !== undefined) this.#tellOne(observer, "end", () => observer.end?.(ending))
  }

  hasAlternative(): boolean {
    return !this.committed && this.#context.get(Alternative)(this)
  }

  blame(failure: Failure): void {
    this.#blamed ??= failure
  }

  fail(failure: Failure): void {
    this.#finish(failure, abandoned)
  }

  /** Ended from outside: by its branch or its call. What the caller gives up may be read on for its usage. */
  stop({ failure, reason }: Stop): void {
    const end = (): void => this.#finish(failure, reason)
    const isGivenUp = this.isDelivered && failure.code === "cancelled" && this.ending === undefined
    if (isGivenUp && this.#givenUp === undefined) {
      this.#givenUp = failure
      if (this.body?.drain?.(end)) return
    }
    end()
  }

  /** Runs when the attempt is over and everybody has been told: at once, unless it is still read for its usage. */
  whenOver(run: () => void): void {
    if (this.ending === undefined) this.#whenOver = run
    else run()
  }

  succeed(): void {
    this.#finish(undefined, undefined)
  }

  /** Called at once when the attempt fails before its commit. */
  onFailure(settle: (answer: Failed) => void): void {
    this.#settle = settle
  }

  headersCame(status: number): void {
    if (this.ending !== undefined) return
    this.status = status
    this.#headersArrived = true
    this.#tell("headers", moments.tellHeaders)
  }

  progress(): void {
    this.#tell("progress", moments.tellProgress)
  }

  reading(on: boolean): void {
    if (this.#isReading === on) return
    this.#isReading = on
    this.#tell("reading", on ? moments.tellReading : moments.tellNotReading)
  }

  used(usage: Usage | undefined): void {
    this.#usage = usage ?? this.#usage
  }

  labelled(label: AnswerLabel | undefined): void {
    this.#label = label
  }

  keeps(resource: string): void {
    if (this.#resource === resource) return
    this.#resource = resource
    this.#tell("resource", (observer) => observer.resource?.(resource))
  }

  /** The commit point: from here on the answer cannot be replaced. */
  commit(): void {
    if (this.committed || this.ending !== undefined) return
    this.#firstContentMs = this.#services.clock.now() - this.startedAtMs
    this.#tell("content", moments.tellContent)
    // An observer may have found it too late.
    if (this.#isOver) return
    this.committed = true
    this.#settle = undefined
    for (const lease of this.leases) if (!this.#isOver) tellLease(lease, this.#services.events)
    this.#tell("commit", moments.tellCommit)
    this.#services.events.emit(AttemptCommitted, { attempt: this })
  }

  #finish(reported: Failure | undefined, reason: unknown): void {
    if (this.ending !== undefined) return
    // A stream whose every choice has finished may end in any way: nothing is missing.
    const failure = this.committed && this.body?.complete ? undefined : (this.#givenUp ?? reported)
    const nowMs = this.#services.clock.now()
    const usage = this.#spent(failure)
    const ending: Draft<Ending> = { health: this.#health(failure), durationMs: nowMs - this.startedAtMs }
    if (failure !== undefined) ending.failure = failure
    if (this.#blamed !== undefined) ending.blamed = this.#blamed
    const answer = this.#label ?? this.body?.label
    if (usage !== undefined) ending.usage = usage
    if (answer !== undefined) ending.answer = answer
    if (this.#firstContentMs !== undefined) ending.firstContentMs = this.#firstContentMs
    this.ending = ending
    this.#write(failure, nowMs)
    for (const lease of this.leases) tellLease(lease, this.#services.events, ending)
    this.#tell("end", (observer) => observer.end?.(ending))
    this.#services.events.emit(AttemptEnded, { attempt: this, ending })
    if (reported !== undefined) {
      this.#controller.abort(reason)
      this.body?.interrupt()
    }
    if (failure !== undefined) this.#settle?.({ ok: false, failure, attempt: this })
    this.#settle = undefined
    this.#whenOver?.()
  }

  /** As the provider told; counted here where it did not, or not to the end (Anthropic tells a first token at once). */
  #spent(failure: Failure | undefined): Usage | undefined {
    const told = this.#usage
    if (!this.committed || (failure === undefined && told !== undefined)) return told
    const counted = this.body?.estimate?.()
    if (told === undefined || counted === undefined) return told ?? counted
    return { ...told, output: Math.max(told.output, counted.output), estimated: true }
  }

  #health(failure: Failure | undefined): Ending["health"] {
    const blamed = this.#blamed ?? failure
    if (blamed === undefined) return "success"
    return this.call.blames(this.target.endpoint, blamed) ? "failure" : "neutral"
  }

  #write(failure: Failure | undefined, nowMs: number): void {
    const { call, number } = this
    const target = this.target.id
    const atMs = call.trailMs(nowMs)
    if (failure === undefined) call.trail.push({ atMs, step: "attempt-succeeded", target, number })
    else {
      const { class: failureClass, code, status } = failure
      const facts = { step: "attempt-failed", target, number, class: failureClass, code } as const
      call.trail.push({ atMs, ...facts, ...(status !== undefined && { status }) })
    }
  }

  #tell(moment: keyof AttemptObserver, tell: Tell): void {
    for (const observer of this.#observers) this.#tellOne(observer, moment, tell)
  }

  #tellOne(observer: AttemptObserver, moment: keyof AttemptObserver, tell: Tell): void {
    const { events } = this.#services
    try {
      const result = tell(observer)
      if (result instanceof Promise) events.outlives(observer, `attempt-${moment}`, result)
    } catch (error) {
      events.fault(observer, `attempt-${moment}`, error)
    }
  }
}
