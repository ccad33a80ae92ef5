import { available, Parks } from "@bellwether/core"
import type { Attempt, Services, Target, Verdict } from "@bellwether/core"
import { nextAlarm } from "./alarm.ts"
import { eventOf } from "./events.ts"
import { parkOf, pauseMs, unknownQuota } from "./key-quota.ts"
import type { KeyQuota } from "./key-quota.ts"
import { Poller } from "./poller.ts"
import type { Heard, PollHost, PollRules } from "./poller.ts"
import { hasGrown, shareLeft } from "./reading.ts"
import { inWords } from "./unit.ts"
import { whenBack } from "./wording.ts"

/** The quotas of keys, as providers tell them: used up keys are left alone until they are full again. */
export class KeyQuotas implements PollHost {
  readonly poller: Poller
  readonly #services: Services
  readonly #rules: PollRules & { readonly lowShare: number }
  readonly #quotas: Map<string, KeyQuota>

  constructor(services: Services, rules: PollRules & { readonly lowShare: number }) {
    this.#services = services
    this.#rules = rules
    this.#quotas = services.kept("keys", () => new Map<string, KeyQuota>())
    for (const { id } of services.renewed) this.#quotas.delete(id)
    this.poller = new Poller(services, rules, this)
  }

  of({ id }: Target): KeyQuota {
    return this.#quotas.get(id) ?? unknownQuota
  }

  /** Whether the provider has nothing left for a target. */
  peek(target: Target): Verdict {
    const quota = this.#quotas.get(target.id)
    if (quota?.reading === undefined) return available
    const { clock } = this.#services
    const dateMs = clock.date()
    const park = parkOf(quota, this.#trustMs, dateMs)
    if (park === undefined) return available
    const { untilMs } = park
    return {
      status: "unavailable",
      parked: true,
      reason: parkReason(quota, untilMs, dateMs),
      ...(untilMs !== undefined && { untilMs: clock.now() + untilMs - dateMs }),
    }
  }

  /** The same; but what a provider says is no reason to make nothing of a call's last chance. */
  take({ target, kind, call }: Attempt): Verdict {
    const isLast = kind === "panic" || kind === "repeat" || call.candidates.length === 1
    return isLast ? available : this.peek(target)
  }

  heard(target: Target, { reading, dateMs }: Heard): void {
    const before = this.of(target)
    const { lowShare } = this.#rules
    const alarm = nextAlarm(before.alarm, shareLeft(reading), { lowShare, backShare: 0 })
    this.#quotas.set(target.id, { reading, checkedAtMs: dateMs, failures: 0, alarm })
    if (before.reading !== undefined && hasGrown(before.reading, reading))
      this.#services
        .use(Parks)()
        .lift(target, "quota-exhausted", "the provider tells of more quota than before")
    const type = eventOf(before.alarm, alarm)
    if (type === undefined) return
    const { unit = "units", left, limit, resetAtMs } = reading
    this.#services.emit(type, {
      source: "provider",
      name: target.id,
      unit,
      ...(left !== undefined && { left }),
      ...(limit !== undefined && { limit }),
      ...(resetAtMs !== undefined && { resetAtMs }),
    })
    this.#services.board.touch()
  }

  failed(target: Target, error: string): void {
    const before = this.of(target)
    this.#quotas.set(target.id, { ...before, failures: before.failures + 1, error })
  }

  pauseMs(target: Target): number {
    const { intervalMs } = this.#rules
    return pauseMs(this.of(target), { intervalMs, longestMs: 15 * 60_000 }, this.#services.clock.date())
  }

  heardAtMs(target: Target): number {
    return this.of(target).checkedAtMs ?? -Infinity
  }

  isParked(target: Target): boolean {
    return this.peek(target).status === "unavailable"
  }

  /** A reading of nothing left is believed for so long where no reset is known. */
  get #trustMs(): number {
    return Math.max(10 * this.#rules.intervalMs, 30 * 60_000)
  }
}

function parkReason({ reading = {} }: KeyQuota, untilMs: number | undefined, dateMs: number): string {
  const { limit, unit = "units" } = reading
  const of = limit === undefined ? "" : ` of ${inWords(limit, unit)}`
  const back = untilMs === undefined ? "" : `; it is full again ${whenBack(untilMs, dateMs)}`
  return `the provider tells that nothing${of} is left for this key${back}`
}
