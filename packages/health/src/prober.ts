import { Circuits } from "@bellwether/core"
import type { Services, Shared, Target, Timer } from "@bellwether/core"
import { ask } from "./ask.ts"
import type { Question } from "./ask.ts"
import { CompletionCap } from "./completion.ts"
import { ProbeEnded } from "./health-events.ts"
import { KeyRefusals } from "./key-refusals.ts"
import type { ProbeRules } from "./options.ts"
import type { ProbeResult } from "./probe-result.ts"

/** Whoever decides on probes and learns from them. */
export interface ProbeHost {
  /** Whether a target is worth a probe in a round that begins so long after the one before. */
  isDue(target: Target, lastRoundMs: number): boolean
  /** The newest result there is of a target. */
  newest(target: Target): ProbeResult | undefined
  learn(target: Target, result: ProbeResult): void
  /** Something about the times of probes has changed. */
  rescheduled(): void
}

/** However many targets there are, no more are asked at once. */
const mostAtOnce = 32

/** Asks targets how they are: in rounds, and when told to. One probe at a time for each. */
export class Prober {
  readonly #services: Services
  readonly #rules: ProbeRules
  readonly #host: ProbeHost
  readonly #cap: CompletionCap
  readonly #refusals: KeyRefusals
  /** What the fleet has last heard of each target, so that it is asked by one of them. */
  readonly #heard: ReadonlyMap<string, Shared<ProbeResult | null>>
  /** Those of all pipelines of the state. The newest that has begun asks; the others stand by. */
  readonly #probers: Set<Prober>
  /** When the next round begins; reloads do not put it off. */
  readonly #next: { atMs: number | undefined }
  readonly #underWay = new Map<string, Promise<readonly ProbeResult[]>>()
  #timer: Timer | undefined
  #lastRoundMs = -Infinity

  constructor(services: Services, rules: ProbeRules, host: ProbeHost) {
    this.#services = services
    this.#rules = rules
    this.#host = host
    this.#cap = new CompletionCap(rules.completion?.dailyCap ?? 0, services)
    this.#refusals = new KeyRefusals(services)
    this.#probers = services.kept("probers", () => new Set<Prober>())
    this.#next = services.kept("next-round", () => ({ atMs: undefined as number | undefined }))
    this.#heard = new Map(
      services.targets.map((target) => {
        const options = { initial: null, merge: later, ttlMs: rules.intervalMs }
        const cell = services.shared<ProbeResult | null>(`probe/${target.id}`, options)
        cell.onChange((result) => this.#hear(target, result))
        return [target.id, cell]
      }),
    )
  }

  /** Rounds from now on, the first after an interval: what calls tell until then is not asked for. */
  start(): void {
    const { clock, signal } = this.#services
    const close = (): void => {
      this.#timer?.cancel()
      this.#probers.delete(this)
    }
    signal.addEventListener("abort", close, { once: true })
    this.#probers.add(this)
    this.#schedule((this.#next.atMs ?? Infinity) - clock.now())
  }

  /** A round now; resolves when it is over. */
  async round(): Promise<void> {
    const { signal, targets } = this.#services
    if (signal.aborted) return
    const due = targets.filter((target) => this.#isDue(target))
    this.#schedule()
    const asking = this.probe(due)
    this.#host.rescheduled()
    await asking
  }

  /** Asks these now; one that is being asked already is not asked twice. */
  async probe(targets: readonly Target[]): Promise<readonly ProbeResult[]> {
    const left = targets.values()
    const results: ProbeResult[] = []
    const work = async (): Promise<void> => {
      for (const target of left) results.push(...(await this.#join(target)))
    }
    await Promise.all(Array.from({ length: Math.min(mostAtOnce, targets.length) }, work))
    return results
  }

  /** When the next round begins, in monotonic milliseconds; one under way has something to say before that. */
  get nextRoundMs(): number | undefined {
    return this.#next.atMs
  }

  /** The next round, an interval from now, or earlier. */
  #schedule(atMostMs = Infinity): void {
    const { clock, random } = this.#services
    this.#lastRoundMs = clock.now()
    const intervalMs = this.#rules.intervalMs * (0.8 + 0.4 * random.next())
    const inMs = Math.min(intervalMs, Math.max(0, atMostMs))
    this.#next.atMs = this.#lastRoundMs + inMs
    if (this.#timer === undefined) this.#timer = clock.after(inMs, () => this.#onTime())
    else this.#timer.rearm(inMs)
  }

  #onTime(): void {
    if ([...this.#probers].at(-1) === this) void this.round()
    else this.#timer?.rearm(this.#rules.intervalMs)
  }

  #isDue(target: Target): boolean {
    const { clock } = this.#services
    const { always, intervalMs } = this.#rules
    const knownMs = clock.date() - (this.#host.newest(target)?.dateMs ?? -Infinity)
    return knownMs >= intervalMs / 2 && (always || this.#host.isDue(target, this.#lastRoundMs))
  }

  #join(target: Target): Promise<readonly ProbeResult[]> {
    const joined = this.#underWay.get(target.id)
    if (joined !== undefined) return joined
    const results = this.#probe(target).finally(() => this.#underWay.delete(target.id))
    this.#underWay.set(target.id, results)
    return results
  }

  async #probe(target: Target): Promise<readonly ProbeResult[]> {
    const { question, completion } = this.#rules
    const check = await this.#ask(target, question)
    if (check !== undefined) this.#heard.get(target.id)?.set(check)
    const paid =
      isReached(check) && completion !== undefined && this.#cap.take(target)
        ? await this.#ask(target, completion, completion.model)
        : undefined
    // The last word counts: that there is a list of models says nothing beside a completion that fails.
    const last = paid ?? check
    if (last?.health === "success") this.#services.use(Circuits)().wake(target)
    return [check, paid].flatMap((result) => result ?? [])
  }

  async #ask(target: Target, question: Question, model?: string): Promise<ProbeResult | undefined> {
    const { clock, signal, emit } = this.#services
    const dateMs = clock.date()
    const asked = await ask(target, question, this.#services)
    if (asked === undefined || signal.aborted) return undefined
    const { finding, latencyMs } = asked
    const result = {
      target: target.id,
      ...(model !== undefined && { model }),
      ...finding,
      latencyMs: Math.round(latencyMs),
      dateMs,
    }
    emit(ProbeEnded, { target, result })
    this.#learn(target, result)
    return result
  }

  #hear(target: Target, result: ProbeResult | null): void {
    const knownMs = this.#host.newest(target)?.dateMs ?? -Infinity
    if (result !== null && result.dateMs > knownMs) this.#learn(target, result)
  }

  #learn(target: Target, result: ProbeResult): void {
    this.#host.learn(target, result)
    this.#refusals.learn(target, result)
  }
}

/** Whether an answer came that does not speak against asking for more. */
function isReached(check: ProbeResult | undefined): boolean {
  return check?.status !== undefined && (check.health === "success" || check.health === "neutral")
}

/** The later result; of two at once, always the same. */
function later(a: ProbeResult | null, b: ProbeResult | null): ProbeResult | null {
  if (a === null || b === null) return a ?? b
  if (a.dateMs !== b.dateMs) return a.dateMs > b.dateMs ? a : b
  return JSON.stringify(a) > JSON.stringify(b) ? a : b
}
