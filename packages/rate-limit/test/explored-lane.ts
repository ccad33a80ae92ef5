import { noBlocks, blocked, blockedUntilMs } from "../src/blocks.ts"
import type { Attempt, Call, Context, Ending, Failure, Lease, Target } from "@bellwether/core"
import { Lane } from "../src/lane.ts"
import { LaneLease } from "../src/lane-lease.ts"
import { LinePlace } from "../src/line-place.ts"
import { readOptions } from "../src/options.ts"
import { HandClock } from "./hand-clock.ts"

const target: Target = {
  id: "alpha/main",
  endpoint: "alpha",
  key: "main",
  tier: 0,
  weight: 1,
  prefill: false,
}

/** One unit of time; a throttle asks for one of it. */
const tickMs = 1_000
/** How long a call stands in line. */
export const patienceTicks = 2

/** What a call of the exploration does; calls with a higher number began later, the last is urgent. */
export const callers = [0, 1, 2] as const
export type Caller = (typeof callers)[number]
export const isUrgent = (caller: Caller): boolean => caller === 2

type State =
  | { readonly at: "home" }
  | { readonly at: "line"; readonly place: LinePlace; readonly caller: AbortController; readonly call: Call }
  | { readonly at: "target"; readonly lease: Lease; readonly isAnswered: boolean }

/** What may happen: to a call, or to time. */
export type Deed =
  | `${"come" | "take" | "leave" | "abort" | "use" | "answer" | "succeed" | "throttle" | "refuse"} ${Caller}`
  | "tick"

const throttled: Failure = { class: "rate-limited", code: "rate-limited", message: "", retryAfterMs: tickMs }
const turnedAway: Failure = { class: "target-refused", code: "target-refused", message: "" }

/** A lane with a few calls around it, moved by hand. */
export class ExploredLane {
  readonly clock = new HandClock()
  readonly lane: Lane
  readonly states: State[] = callers.map(() => ({ at: "home" }))

  constructor(start: number) {
    const { clock } = this
    let blocks = noBlocks
    this.lane = new Lane(target, "m", {
      clock: clock as never,
      random: { next: () => 0 } as never,
      board: { touch: () => {} } as never,
      emit: () => {},
      rules: readOptions({ concurrency: { start, max: 2 }, maxWaitMs: patienceTicks * tickMs }),
      blocks: {
        untilMs: ({ key }, model) => blockedUntilMs(blocks, key, model),
        add: (_, { key }, model, forMs) => {
          const now = clock.now()
          blocks = blocked(blocks, { key, ...(model !== undefined && { model }) }, now + forMs, now)
        },
      },
    })
  }

  /** Who waits, and has not been called. */
  get waiting(): readonly Caller[] {
    return callers.filter((caller) => this.#placeOf(caller)?.permit === undefined && this.#isLined(caller))
  }

  /** Whose turn has come, and is not used. */
  get called(): readonly Caller[] {
    return callers.filter((caller) => this.#placeOf(caller)?.permit !== undefined)
  }

  get atTarget(): readonly Caller[] {
    return callers.filter((caller) => this.states[caller]?.at === "target")
  }

  get unanswered(): readonly Caller[] {
    return this.atTarget.filter((caller) => this.possible().includes(`answer ${caller}`))
  }

  /** What may happen next. */
  possible(): readonly Deed[] {
    return [...callers.flatMap((caller) => this.#possibleFor(caller)), "tick"]
  }

  do(deed: Deed): void {
    if (deed === "tick") {
      this.clock.advance(tickMs)
      // A place that was left by itself is one no more.
      for (const caller of callers)
        if (this.#isLined(caller) && this.#isExpired(caller)) this.#go(caller, { at: "home" })
      return
    }
    const [what, name] = deed.split(" ") as [string, string]
    this.#doFor(Number(name) as Caller, what)
  }

  /** Whether a newcomer is let in; it leaves no trace when not. */
  take(caller: Caller): boolean {
    const lease = this.lane.take(this.#attemptOf(this.#callOf(caller)))
    if (!(lease instanceof LaneLease)) return false
    this.#go(caller, { at: "target", lease, isAnswered: false })
    return true
  }

  #possibleFor(caller: Caller): readonly Deed[] {
    const state = this.states[caller]
    if (state?.at === "line")
      return state.place.permit === undefined
        ? [`leave ${caller}`, `abort ${caller}`]
        : [`leave ${caller}`, `abort ${caller}`, `use ${caller}`]
    if (state?.at === "target")
      return state.isAnswered
        ? [`succeed ${caller}`]
        : [`answer ${caller}`, `throttle ${caller}`, `refuse ${caller}`]
    return [`take ${caller}`, `come ${caller}`]
  }

  #doFor(caller: Caller, what: string): void {
    const state = this.states[caller]
    if (what === "take") this.take(caller)
    else if (what === "come") this.#come(caller)
    else if (state?.at === "line") this.#doInLine(caller, what, state)
    else if (state?.at === "target") this.#doAtTarget(caller, what, state)
  }

  #come(caller: Caller): void {
    const controller = new AbortController()
    const call = this.#callOf(caller)
    const context = { call, signal: controller.signal, model: "m", candidates: [] }
    const place = this.lane.line(context as Partial<Context> as Context)
    // Where nobody has to wait there is no line, and in vain nobody does.
    if (place instanceof LinePlace) this.#go(caller, { at: "line", place, caller: controller, call })
  }

  #doInLine(caller: Caller, what: string, state: Extract<State, { at: "line" }>): void {
    if (what === "use") {
      const lease = this.lane.take(this.#attemptOf(state.call))
      if (!(lease instanceof LaneLease)) throw new Error("Whose turn has come was refused.")
      state.place.leave()
      this.#go(caller, { at: "target", lease, isAnswered: false })
      return
    }
    if (what === "abort") state.caller.abort()
    else state.place.leave()
    this.#go(caller, { at: "home" })
  }

  #doAtTarget(caller: Caller, what: string, { lease }: Extract<State, { at: "target" }>): void {
    if (what === "answer") {
      lease.committed?.()
      this.#go(caller, { at: "target", lease, isAnswered: true })
      return
    }
    const failure = { throttle: throttled, refuse: turnedAway, succeed: undefined }[what]
    const ending: Ending = { health: "neutral", durationMs: tickMs, ...(failure && { failure }) }
    lease.end(ending)
    this.#go(caller, { at: "home" })
  }

  #go(caller: Caller, state: State): void {
    this.states[caller] = state
  }

  #placeOf(caller: Caller): LinePlace | undefined {
    const state = this.states[caller]
    return state?.at === "line" ? state.place : undefined
  }

  #isLined(caller: Caller): boolean {
    return this.states[caller]?.at === "line"
  }

  #isExpired(caller: Caller): boolean {
    const place = this.#placeOf(caller)
    return place !== undefined && place.isOver && place.permit === undefined
  }

  #callOf(caller: Caller): Call {
    return {
      id: String(caller),
      startedAtMs: caller,
      deadlineMs: Infinity,
      hint: () => (isUrgent(caller) ? "high" : undefined),
      estimate: () => ({ input: 0 }),
    } as unknown as Call
  }

  #attemptOf(call: Call): Attempt {
    return { call, target, model: "m", observe: () => {} } as unknown as Attempt
  }
}
