import { available, covers, worse } from "@bellwether/core"
import type { Scope, Services, Shared, Target, Timer, Verdict } from "@bellwether/core"
import { CircuitForcedOpen, CircuitReleased } from "./circuit-events.ts"
import { closedFrom, holdsAt, mergeOrders, withClosing, withHold, withNewStart } from "./orders.ts"
import type { Hold, Orders } from "./orders.ts"
import { includes, isSame, targetsIn } from "./scopes.ts"

/**
 * What operators have ordered, at work. It stands in front of the circuits: unlike theirs, an operator's will is a
 * veto, for a sole target and a panic try too.
 */
export class StandingOrders {
  readonly #services: Services
  readonly #orders: Shared<Orders>
  readonly #heed: () => void
  #holds: readonly Hold[] = []
  #expiry: Timer | undefined

  /** @param heed told after each change, the fleet's included */
  constructor(services: Services, heed: () => void) {
    this.#services = services
    this.#heed = heed
    // Without a time to live: a hold is not over because nobody has spoken of it for long.
    this.#orders = services.shared<Orders>("orders", { initial: {}, merge: mergeOrders })
    this.#orders.onChange(() => this.#apply())
    services.signal.addEventListener("abort", () => this.#expiry?.cancel(), { once: true })
    // What an earlier pipeline was ordered is no news.
    this.#holds = this.#inForce()
    for (const hold of this.#holds) services.board.say(hold.scope, this.#verdict(hold))
    this.#awaitExpiry()
  }

  /** @param untilMs wall-clock milliseconds */
  hold(scope: Scope, reason: string, untilMs: number | undefined): void {
    const hold = { scope, reason, ...(untilMs !== undefined && { untilMs }) }
    this.#orders.set(withHold(this.#orders.get(), hold, this.#services.clock.date()))
    this.#apply()
  }

  /** @param latest the newest generation among the scope's circuits */
  close(scope: Scope, latest: number): void {
    this.#orders.set(withClosing(this.#orders.get(), scope, latest, this.#services.clock.date()))
    this.#apply()
  }

  /**
   * What was learnt in this scope says nothing any more; what operators have ordered stands.
   *
   * @param latest the newest generation among the scope's circuits
   */
  startOver(scope: Scope, latest: number): void {
    this.#orders.set(withNewStart(this.#orders.get(), scope, latest, this.#services.clock.date()))
    this.#apply()
  }

  /** Why an attempt may not be made; `undefined` when nobody forbids it. */
  refusal(target: Target, model: string | undefined): Verdict | undefined {
    let refusal: Verdict | undefined
    for (const hold of this.#holds)
      if (covers(hold.scope, target.endpoint, target.key, model))
        refusal = refusal === undefined ? this.#verdict(hold) : worse(refusal, this.#verdict(hold))
    return refusal
  }

  /** The scopes that are held and have all of this one in them, itself included. */
  heldAround(scope: Scope): readonly Scope[] {
    return this.#holds.map((hold) => hold.scope).filter((held) => includes(held, scope))
  }

  /** Circuits of this scope count from this generation on. */
  closedFrom(scope: Scope): number {
    return closedFrom(this.#orders.get(), scope)
  }

  inspect(): readonly unknown[] {
    return this.#holds.flatMap(({ generation, ...hold }) =>
      targetsIn(hold.scope, this.#services.targets).map(({ id }) => ({
        target: id,
        state: "forced-open",
        sinceMs: generation,
        ...hold,
      })),
    )
  }

  #apply(): void {
    const { board, emit } = this.#services
    const before = this.#holds
    this.#holds = this.#inForce()
    const released = before.filter(({ scope }) => !this.#holds.some((hold) => isSame(hold.scope, scope)))
    const begun = this.#holds.filter((hold) => !before.includes(hold))
    for (const { scope } of released) board.say(scope, available)
    for (const hold of begun) board.say(hold.scope, this.#verdict(hold))
    this.#awaitExpiry()
    this.#heed()
    for (const { scope } of released) emit(CircuitReleased, { scope })
    for (const { scope, reason, untilMs } of begun)
      emit(CircuitForcedOpen, {
        scope,
        reason,
        ...(untilMs !== undefined && { untilMs: this.#monotonicMs(untilMs) }),
      })
  }

  #inForce(): readonly Hold[] {
    const { clock, targets } = this.#services
    const standing = holdsAt(this.#orders.get(), clock.date())
    return standing.filter(({ scope }) => targetsIn(scope, targets).length > 0)
  }

  #awaitExpiry(): void {
    const { clock, signal } = this.#services
    this.#expiry?.cancel()
    const soonestMs = Math.min(...this.#holds.map(({ untilMs = Infinity }) => untilMs))
    if (soonestMs === Infinity || signal.aborted) return
    this.#expiry = clock.after(soonestMs - clock.date(), () => this.#apply())
  }

  #verdict({ reason, untilMs }: Hold): Verdict {
    const words = `circuit forced open by an operator: ${reason}`
    return untilMs === undefined
      ? { status: "unavailable", reason: words, parked: true, veto: true }
      : { status: "unavailable", reason: words, untilMs: this.#monotonicMs(untilMs), veto: true }
  }

  #monotonicMs(dateMs: number): number {
    const { clock } = this.#services
    return clock.now() + dateMs - clock.date()
  }
}
