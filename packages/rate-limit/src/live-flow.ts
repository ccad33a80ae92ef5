import { equalJitter } from "@bellwether/backoff"
import type { Call, Ending, Failure, ResponseHeaders, Services, Target } from "@bellwether/core"
import { readRateLimits } from "@bellwether/wire"
import type { Bucket } from "./bucket.ts"
import type { Cost } from "./cost.ts"
import { LimitLowered } from "./events.ts"
import * as changes from "./flow-changes.ts"
import * as flows from "./flow.ts"
import { napOf } from "./flow-memory.ts"
import type { FlowMemory } from "./flow-memory.ts"
import type { Mark, Permit } from "./flow.ts"
import type { KnownBlocks } from "./known-blocks.ts"
import type { Rules } from "./options.ts"
import { withOneMore } from "./usual.ts"

/** What all flows of a pipeline share. */
export interface FlowServices extends Pick<Services, "clock" | "random" | "board" | "emit"> {
  readonly rules: Rules
  readonly blocks: KnownBlocks
}

/** How long a target is left alone that throttles and names no time: as `retry` waits before a repeat. */
const pauseFor = equalJitter({ baseMs: 1_000, capMs: 30_000 })

/** The flow to one target, for one model or for all: what time, attempts and the provider's words make of it. */
export class LiveFlow {
  readonly target: Target
  readonly model: string | undefined
  readonly services: FlowServices
  readonly memory: FlowMemory

  constructor(target: Target, model: string | undefined, services: FlowServices, memory: FlowMemory) {
    this.target = target
    this.model = model
    this.services = services
    this.memory = memory
  }

  /**
   * Whether nothing but a pause could hold anybody back. Most flows of most pipelines are asleep for ever, so this is
   * cheap: only how many are under way is counted.
   */
  get isAsleep(): boolean {
    return this.memory.nap !== undefined
  }

  /** The provider has throttled: from now on everything counts, also what is under way. */
  wake(): void {
    const { nap } = this.memory
    if (nap === undefined) return
    this.memory.nap = undefined
    for (; nap.count > 0; nap.count--)
      this.memory.flow = changes.begun(this.memory.flow, nap.cost, this.nowMs)
  }

  /** Ends the hold when its time is over, and falls asleep where nothing else is known. */
  relax(): void {
    if (this.isAsleep || this.isHeld) return
    this.memory.flow = changes.relaxed(this.memory.flow, this.nowMs)
    if (flows.isOpen(this.memory.flow)) this.memory.nap = napOf(this.memory.flow, this.nowMs)
  }

  /** Whether the attempt began in the sleep that lasts still. */
  isUncounted(permit: Permit): boolean {
    return permit === this.memory.nap
  }

  get nowMs(): number {
    return this.services.clock.now()
  }

  get inFlight(): number {
    return this.memory.flow.inFlight + (this.memory.nap?.count ?? 0)
  }

  /** Whether what was found out holds anybody back. */
  get isHeld(): boolean {
    return !this.isAsleep && flows.isHeld(this.memory.flow, this.nowMs)
  }

  /** Whether attempts go one by one, until some were answered. */
  get isTrying(): boolean {
    return !this.isAsleep && flows.isTrying(this.memory.flow)
  }

  get hasRoom(): boolean {
    return flows.missingRoom(this.memory.flow, 1, this.nowMs) === 0
  }

  /** Milliseconds for which the provider wants to be left alone. */
  get blockedForMs(): number {
    const untilMs = this.services.blocks.untilMs(this.target, this.model)
    return untilMs === 0 ? 0 : Math.max(0, untilMs - this.nowMs)
  }

  /** What an attempt of this call is going to take, as far as anybody can tell. */
  costOf(call: Call): Cost {
    if (!this.#countsTokens) return { requests: 1, tokens: 0 }
    const { input, output = this.memory.usual.answerTokens } = call.estimate()
    return { requests: 1, tokens: input + output }
  }

  /** What an attempt takes as a rule. */
  get usualCost(): Cost {
    return { requests: 1, tokens: this.#countsTokens ? this.memory.usual.tokens : 0 }
  }

  get #countsTokens(): boolean {
    const { configured, told } = this.memory.flow
    return told.tokens !== undefined || configured.some(({ of }) => of === "tokens")
  }

  /** When limits let an attempt begin with nobody before it, pause or not; Infinity when others must end first. */
  roomAtMs(cost: Cost): number {
    return this.isAsleep ? 0 : flows.readyAtMs(this.memory.flow, cost, this.nowMs)
  }

  /** The same when the provider is given its pause. */
  readyAtMs(cost: Cost): number {
    return this.#unblocked(this.roomAtMs(cost))
  }

  /** When so much has gone at the soonest. */
  goneAtMs(cost: Cost): number {
    return this.#unblocked(flows.goneAtMs(this.memory.flow, cost, this.nowMs))
  }

  /** When so much has probably gone, by so many attempts. */
  probablyGoneAtMs(cost: Cost, attempts: number): number {
    const missing = flows.missingRoom(this.memory.flow, attempts, this.nowMs)
    const roomAtMs = this.nowMs + (missing * this.memory.usual.durationMs) / Math.max(1, this.inFlight)
    return Math.max(this.goneAtMs(cost), roomAtMs, this.nowMs + 1)
  }

  #unblocked(atMs: number): number {
    return Math.max(atMs, this.services.blocks.untilMs(this.target, this.model))
  }

  begin(cost: Cost): Permit {
    const { nap } = this.memory
    if (nap !== undefined) {
      nap.count++
      return nap
    }
    const sinceMs = this.nowMs
    this.memory.flow = changes.begun(this.memory.flow, cost, sinceMs)
    return { cost, generation: this.memory.flow.generation, sinceMs }
  }

  /** The attempt was not made after all. */
  undo(permit: Permit): void {
    const { nap } = this.memory
    if (permit === nap) nap.count--
    else this.memory.flow = changes.undone(this.memory.flow, permit, this.nowMs)
  }

  /** The provider has responded: from now on it has counted the attempt. */
  heard(permit: Permit): Mark {
    this.memory.flow = changes.heard(this.memory.flow, permit)
    const { sent, unheard } = this.memory.flow
    return { atMs: this.nowMs, sent, unheard }
  }

  /** The attempt was not throttled, whatever else becomes of it. */
  presume(permit: Permit): Permit {
    this.memory.flow = changes.presumed(this.memory.flow, permit)
    return { ...permit, isPresumed: true }
  }

  answered(permit: Permit): void {
    this.memory.flow = changes.answered(this.memory.flow, permit, this.nowMs, this.services.rules)
  }

  /** Takes in what the headers of a response say of limits, and of an answer what its attempt has taken. */
  learn(headers: ResponseHeaders, mark: Mark, taken?: Permit): void {
    const said = speaksOfLimits(headers) ? readRateLimits(headers, this.services.clock.date()) : undefined
    if (said !== undefined) this.memory.flow = changes.taught(this.memory.flow, said, mark, this.nowMs, taken)
  }

  end(permit: Permit, ending: Ending, wasAnswered: boolean, mark: Mark): void {
    const { failure, usage } = ending
    if (failure?.response !== undefined) this.learn(failure.response.headers, mark)
    if (failure?.class === "rate-limited") this.#throttled(permit, failure)
    if (wasAnswered) this.memory.usual = withOneMore(this.memory.usual, ending)
    const unused = wasAnswered ? undefined : 0
    // What was never estimated is not settled: the provider had counted it when it first told of its limits.
    const isSettled = usage !== undefined && !permit.isUnestimated
    const tokens = isSettled ? usage.input + usage.output : unused
    this.memory.flow = changes.ended(this.memory.flow, permit, tokens, wasAnswered, this.nowMs)
  }

  lined(isWaiting: boolean): void {
    this.memory.flow = changes.lined(this.memory.flow, isWaiting, this.nowMs)
  }

  #throttled(permit: Permit, { retryAfterMs, scope = "key-model" }: Failure): void {
    const { blocks, random, rules, emit } = this.services
    const { target, model } = this
    const before = this.memory.flow
    this.memory.flow = changes.throttled(before, permit, this.nowMs, rules)
    const isNews = this.memory.flow !== before
    // Those throttled together need no pause each.
    const pauseMs = retryAfterMs ?? (isNews ? pauseFor(this.memory.flow.strikes, 0, random) : 0)
    if (pauseMs > 0) blocks.add(scope, target, model, pauseMs)
    if (!isNews) return
    const { limit, requestsPerMinute } = this.inspect()
    emit(LimitLowered, { target, model, limit, requestsPerMinute, pauseMs })
  }

  inspect() {
    const { concurrency } = this.memory.flow
    const { nowMs, inFlight, isHeld, blockedForMs } = this
    const perMinute = (of: keyof Cost): number | undefined => {
      const rates = flows
        .bucketsOf(this.memory.flow, nowMs)
        .filter((bucket) => bucket.of === of)
        .map(perMinuteOf)
      return rates.length === 0 ? undefined : Math.round(10 * Math.min(...rates)) / 10
    }
    return {
      inFlight,
      limit: isHeld && concurrency.limit < Infinity ? concurrency.limit : undefined,
      requestsPerMinute: perMinute("requests"),
      tokensPerMinute: perMinute("tokens"),
      blockedForMs: Math.round(blockedForMs),
    }
  }
}

const perMinuteOf = ({ perMs, capacity, renewal }: Bucket): number =>
  60_000 * (renewal === undefined ? perMs : capacity / renewal.everyMs)

/** Looking through the names once costs a tenth of asking for each that may be there. */
function speaksOfLimits(headers: ResponseHeaders): boolean {
  for (const name of headers.keys()) if (name.includes("ratelimit")) return true
  return false
}
