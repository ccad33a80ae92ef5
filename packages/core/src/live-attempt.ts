import type { Usage } from "@bellwether/wire"
import type { Lease } from "./admission.ts"
import type { Answer, Failed } from "./answer.ts"
import type { Attempt, AttemptKind, AttemptObserver } from "./attempt.ts"
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
  committed = false
  ending: Ending | undefined
  /** What it was admitted with. */
  leases: readonly Lease[] = []
  /** Its one exchange, once it has begun. */
  answer: Promise<Answer> | undefined
  /** What the answer is read from, once there is one. */
  body: BodySource | undefined
  readonly #context: LiveContext
  readonly #services: AttemptServices
  readonly #controller = new AbortController()
  /** Replaced, never changed: who is added while a moment is told has heard of it already. */
  #observers: readonly AttemptObserver[] = []
  #settle: ((answer: Failed) => void) | undefined
  #blamed: Failure | undefined
  #headersArrived = false
  #isReading = false
  #firstContentMs: number | undefined
  #resource: string | undefined
  #usage: Usage | undefined

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
    if (this.#headersArrived) this.#tell(observer, "headers")
    if (this.#firstContentMs !== undefined) this.#tell(observer, "content")
    if (this.committed) this.#tell(observer, "commit")
    if (this.#resource !== undefined) this.#tell(observer, "resource", this.#resource)
    if (this.ending !== undefined) this.#tell(observer, "end", this.ending)
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

  /** Ended from outside: by its branch or its call. */
  stop({ failure, reason }: Stop): void {
    this.#finish(failure, reason)
  }

  succeed(): void {
    this.#finish(undefined, undefined)
  }

  /** Called at once when the attempt fails before its commit. */
  onFailure(settle: (answer: Failed) => void): void {
    this.#settle = settle
  }

  headersCame(): void {
    if (this.ending !== undefined) return
    this.#headersArrived = true
    this.#tellAll("headers")
  }

  progress(): void {
    for (const observer of this.#observers) if (observer.progress) this.#tell(observer, "progress")
  }

  reading(on: boolean): void {
    if (this.#isReading === on) return
    this.#isReading = on
    for (const observer of this.#observers) if (observer.reading) this.#tell(observer, "reading", on)
  }

  used(usage: Usage | undefined): void {
    this.#usage = usage ?? this.#usage
  }

  keeps(resource: string): void {
    if (this.#resource === resource) return
    this.#resource = resource
    for (const observer of this.#observers) this.#tell(observer, "resource", resource)
  }

  /** The commit point: from here on the answer cannot be replaced. */
  commit(): void {
    if (this.committed || this.ending !== undefined) return
    this.#firstContentMs = this.#services.clock.now() - this.startedAtMs
    this.#tellAll("content")
    // An observer may have found it too late.
    if (this.#isOver) return
    this.committed = true
    this.#settle = undefined
    for (const lease of this.leases) if (!this.#isOver) tellLease(lease, this.#services.events)
    this.#tellAll("commit")
    this.#services.events.emit(AttemptCommitted, { attempt: this })
  }

  #finish(reported: Failure | undefined, reason: unknown): void {
    if (this.ending !== undefined) return
    // A stream whose every choice has finished may end in any way: nothing is missing.
    const failure = this.committed && this.body?.complete ? undefined : reported
    const nowMs = this.#services.clock.now()
    const usage =
      this.#usage ?? (failure !== undefined && this.committed ? this.body?.estimate?.() : undefined)
    const ending: Draft<Ending> = { health: this.#health(failure), durationMs: nowMs - this.startedAtMs }
    if (failure !== undefined) ending.failure = failure
    if (this.#blamed !== undefined) ending.blamed = this.#blamed
    if (usage !== undefined) ending.usage = usage
    if (this.#firstContentMs !== undefined) ending.firstContentMs = this.#firstContentMs
    this.ending = ending
    this.#write(failure, nowMs)
    for (const lease of this.leases) tellLease(lease, this.#services.events, ending)
    for (const observer of this.#observers) this.#tell(observer, "end", ending)
    this.#services.events.emit(AttemptEnded, { attempt: this, ending })
    if (reported !== undefined) {
      this.#controller.abort(reason)
      this.body?.interrupt()
    }
    if (failure !== undefined) this.#settle?.({ ok: false, failure, attempt: this })
    this.#settle = undefined
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

  #tellAll(event: "headers" | "content" | "commit"): void {
    for (const observer of this.#observers) this.#tell(observer, event)
  }

  #tell<K extends keyof AttemptObserver>(
    observer: AttemptObserver,
    event: K,
    data?: Parameters<NonNullable<AttemptObserver[K]>>[0],
  ): void {
    const { events } = this.#services
    try {
      const result = (observer[event] as ((data: unknown) => unknown) | undefined)?.call(observer, data)
      if (result instanceof Promise) events.outlives(observer, `attempt-${event}`, result)
    } catch (error) {
      events.fault(observer, `attempt-${event}`, error)
    }
  }
}
