import { jittered } from "@bellwether/backoff"
import { available } from "@bellwether/core"
import type { Attempt, Call, Context, Place, Target, Timer, Verdict } from "@bellwether/core"
import { free, sum } from "./cost.ts"
import type { Cost } from "./cost.ts"
import { CallQueued } from "./events.ts"
import { freshMemory } from "./flow-memory.ts"
import type { FlowMemory } from "./flow-memory.ts"
import type { Permit } from "./flow.ts"
import { Priority, rankOf } from "./hints.ts"
import { LaneLease } from "./lane-lease.ts"
import { inVain, LinePlace } from "./line-place.ts"
import { Line } from "./line.ts"
import { LiveFlow } from "./live-flow.ts"
import type { FlowServices } from "./live-flow.ts"

export const givenPause = "too many requests: the provider is given a pause"

/** Milliseconds after which an attempt that tries whether a throttle is over has not been throttled. */
const trialMs = 1_000

type Unavailable = Extract<Verdict, { readonly status: "unavailable" }>

/** The way to one target, for one model or for all, with the line of those who wait for it. */
export class Lane {
  readonly #flow: LiveFlow
  readonly #services: FlowServices
  readonly #line = new Line<LinePlace>()
  /** Whose turn has come, until it is used. */
  readonly #called = new Set<LinePlace>()
  #timer: Timer | undefined

  constructor(target: Target, model: string | undefined, services: FlowServices, memory?: FlowMemory) {
    const { rules, clock } = services
    const known = memory ?? freshMemory(target, model, rules, clock.now())
    this.#flow = new LiveFlow(target, model, services, known)
    this.#services = services
    known.lines.add(this.#look)
  }

  /** Nobody comes here any more. */
  close(): void {
    this.memory.lines.delete(this.#look)
  }

  /** What another lane to the same target goes on with. */
  get memory(): FlowMemory {
    return this.#flow.memory
  }

  /** Whether nobody would miss what is under way and who waits. */
  get isIdle(): boolean {
    return this.#flow.inFlight === 0 && this.#line.length === 0
  }

  /** Whether nothing is known that could hold anybody back: then it is cheap. */
  get isAsleep(): boolean {
    return this.#flow.isAsleep
  }

  /** Whether what was found out holds anybody back: then it is worth listening to what responses say. */
  get isHeld(): boolean {
    return this.#flow.isHeld
  }

  peek(): Verdict {
    if (this.#isClear) return available
    return this.#refusal(this.#flow.usualCost) ?? available
  }

  take(attempt: Attempt): LaneLease | Verdict {
    const permit = this.#turnOf(attempt.call)
    if (permit !== undefined) return this.#lease(attempt, permit)
    this.#flow.relax()
    if (this.#isClear) return this.#lease(attempt, this.#flow.begin(free))
    const cost = this.#flow.costOf(attempt.call)
    const refusal = this.#refusal(cost)
    // A pause does not stop a panic (law 10), our own limits do.
    const isStopped = refusal !== undefined && (attempt.kind !== "panic" || refusal.veto === true)
    return isStopped ? refusal : this.#lease(attempt, this.#flow.begin(cost))
  }

  /** A place in line; `undefined` where nobody has to wait. */
  line(context: Context): Place | undefined {
    const { call, signal } = context
    const flow = this.#flow
    const cost = flow.costOf(call)
    if (this.#isFree(cost)) return undefined
    const { rules, clock, emit } = this.#services
    const newcomer = { rank: rankOf(call.hint(Priority)), sinceMs: call.startedAtMs, cost }
    const before = this.#line.costBefore(newcomer)
    const maxWaitMs = context.candidates.length === 1 ? rules.soloMaxWaitMs : rules.maxWaitMs
    const patienceMs = Math.min(maxWaitMs, call.deadlineMs - flow.nowMs)
    const isFull = this.#line.length >= rules.maxWaiting
    if (signal.aborted || isFull || flow.goneAtMs(sum(before, cost)) > flow.nowMs + patienceMs) return inVain
    const onLeft = (left: LinePlace): void => this.#change(() => this.#remove(left))
    const onLate = (): void => this.#serve()
    const place = new LinePlace(context, { ...newcomer, clock, patienceMs, onLate, onLeft })
    this.#line.join(place)
    flow.lined(true)
    this.#serve()
    emit(CallQueued, { call, target: flow.target, ahead: before.requests })
    return place
  }

  inspect() {
    const { target, model } = this.#flow
    return { target: target.id, model, ...this.#flow.inspect(), waiting: this.#line.length }
  }

  /** Whether there is something to tell of it. */
  get isOfInterest(): boolean {
    return !this.isIdle || this.isHeld || this.#flow.blockedForMs > 0
  }

  /** Whether there is nothing at all to mind. */
  get #isClear(): boolean {
    return this.#flow.isAsleep && this.#line.length === 0 && this.#flow.blockedForMs === 0
  }

  #isFree(cost: Cost): boolean {
    return this.#line.length === 0 && this.#flow.readyAtMs(cost) <= this.#flow.nowMs
  }

  #refusal(cost: Cost): Unavailable | undefined {
    if (this.#isFree(cost)) return undefined
    const untilMs = this.#flow.probablyGoneAtMs(sum(this.#line.cost, cost), this.#line.length + 1)
    const isOurs = this.#line.length > 0 || this.#flow.roomAtMs(cost) > this.#flow.nowMs
    const lineMs = this.#services.rules.maxWaitMs
    const reason = this.#whyNot()
    return { status: "unavailable", untilMs, reason, throttled: true, lineMs, ...(isOurs && { veto: true }) }
  }

  #whyNot(): string {
    const { blockedForMs, hasRoom, inFlight } = this.#flow
    const { length } = this.#line
    if (blockedForMs > 0) return givenPause
    if (length > 0) return `${length} ${length === 1 ? "call waits" : "calls wait"} in line for it`
    return hasRoom
      ? "its rate limit is used up for now"
      : `it is given no more than ${inFlight} at once for now`
  }

  #turnOf(call: Call): Permit | undefined {
    for (const place of this.#called) {
      if (place.call !== call) continue
      this.#called.delete(place)
      place.use()
      return place.permit
    }
    return undefined
  }

  #lease(attempt: Attempt, permit: Permit): LaneLease {
    const lease = new LaneLease(this.#flow, permit, (run) => this.#change(run))
    if (this.isHeld) attempt.observe({ headers: () => void lease.heard() })
    if (this.#flow.isTrying) lease.tryUntil((run) => this.#services.clock.after(trialMs, run))
    return lease
  }

  #remove(place: LinePlace): void {
    this.#line.leave(place)
    if (this.#called.delete(place) && place.permit !== undefined) this.#flow.undo(place.permit)
  }

  /** Whatever has changed: first those in line, then those who look for a target, in all pipelines of the state. */
  #change(run: () => void): void {
    if (this.#flow.isAsleep && this.#line.length === 0) return run()
    const hadRoom = this.#flow.hasRoom
    run()
    for (const look of this.memory.lines) look(hadRoom)
  }

  readonly #look = (hadRoom: boolean): void => {
    this.#serve()
    if (!hadRoom && this.#flow.hasRoom && this.#line.length === 0) this.#services.board.touch()
  }

  /** Calls everybody whose turn has come, and minds when the next one comes. */
  #serve(): void {
    const flow = this.#flow
    const { random } = this.#services
    flow.relax()
    for (let { first } = this.#line; first !== undefined; { first } = this.#line) {
      const waitMs = flow.readyAtMs(first.cost) - flow.nowMs
      // A whole fleet may wait for the end of the same pause.
      const { blockedForMs } = flow
      if (waitMs > 0) return this.#wakeAfter(Math.max(waitMs, blockedForMs && jittered(blockedForMs, random)))
      this.#line.leave(first)
      this.#called.add(first)
      first.grant(flow.begin(first.cost))
    }
    flow.lined(false)
    this.#timer?.cancel()
  }

  #wakeAfter(waitMs: number): void {
    if (waitMs === Infinity) this.#timer?.cancel()
    else if (this.#timer === undefined) this.#timer = this.#services.clock.after(waitMs, () => this.#serve())
    else this.#timer.rearm(waitMs)
  }
}
