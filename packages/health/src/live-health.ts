import { AttemptStarted, covers, PipelineError } from "@bellwether/core"
import type { Attempt, Services, Target, Timer } from "@bellwether/core"
import { Announcer } from "./announcer.ts"
import { AttemptWatch } from "./attempt-watch.ts"
import type { Told } from "./attempt-watch.ts"
import { conclude } from "./conclude.ts"
import type { Conclusion } from "./conclude.ts"
import type { Rules } from "./options.ts"
import { Prober } from "./prober.ts"
import type { ProbeHost } from "./prober.ts"
import type { ProbeResult } from "./probe-result.ts"
import { snapshotOf } from "./snapshot.ts"
import type { HealthSnapshot } from "./snapshot.ts"
import { freshMemory } from "./target-memory.ts"
import type { TargetMemory } from "./target-memory.ts"
import { TargetRecord } from "./target-record.ts"

/** Health at work in one pipeline: evidence comes in, conclusions go out. */
export class LiveHealth implements ProbeHost {
  readonly #services: Services
  readonly #records: ReadonlyMap<string, TargetRecord>
  readonly #announcer: Announcer
  readonly #prober: Prober | undefined
  /** Those of all pipelines of the state: what one hears, all of them have heard. */
  readonly #reviews: Set<() => void>
  #timer: Timer | undefined

  constructor(services: Services, rules: Rules) {
    const { clock, signal, kept } = services
    this.#services = services
    this.#records = new Map(
      remembered(services).map(([target, memory]) => [target.id, new TargetRecord(target, rules, memory)]),
    )
    this.#announcer = new Announcer(services)
    this.#prober = rules.probe && new Prober(services, rules.probe, this)
    const tell = (attempt: Attempt, told: Told): void => this.#called(attempt, told)
    services.on(AttemptStarted, ({ attempt }) => attempt.observe(new AttemptWatch(attempt, clock, tell)))
    this.#reviews = kept("reviews", () => new Set<() => void>())
    const review = (): void => this.#review()
    this.#reviews.add(review)
    const close = (): void => {
      this.#timer?.cancel()
      this.#reviews.delete(review)
    }
    signal.addEventListener("abort", close, { once: true })
    this.#announcer.begin(this.#conclusions())
  }

  start(): void {
    this.#prober?.start()
  }

  async ready(): Promise<void> {
    await this.#prober?.round()
  }

  async probe(targetId?: string): Promise<readonly ProbeResult[]> {
    if (this.#prober === undefined)
      throw new PipelineError("probes-off", "This pipeline is not probed: leave out `probe: false`.")
    const { targets } = this.#services
    const asked = targets.filter(({ id }) => targetId === undefined || id === targetId)
    if (asked.length === 0)
      throw new PipelineError(
        "no-target",
        `There is no target "${targetId}": choose one of ${idsOf(targets)}.`,
      )
    return this.#prober.probe(asked)
  }

  history(): Readonly<Record<string, readonly ProbeResult[]>> {
    return Object.fromEntries([...this.#records].map(([id, { results }]) => [id, results.list()]))
  }

  snapshot(): HealthSnapshot {
    return snapshotOf([...this.#records.values()], this.#announcer.standing)
  }

  isDue(target: Target, lastRoundMs: number): boolean {
    const heardMs = this.#records.get(target.id)?.memory.heardMs ?? -Infinity
    return heardMs < lastRoundMs || lastRoundMs === -Infinity || this.#isTroubled(target)
  }

  newest(target: Target): ProbeResult | undefined {
    return this.#records.get(target.id)?.results.newest
  }

  learn(target: Target, result: ProbeResult): void {
    this.#records.get(target.id)?.probed(result, this.#services.clock.now())
    this.#reviewAll()
  }

  rescheduled(): void {
    this.#review()
  }

  #isTroubled({ endpoint, key }: Target): boolean {
    return this.#services.board
      .statements()
      .some(
        ({ scope, verdict }) => verdict.status === "unavailable" && covers(scope, endpoint, key, scope.model),
      )
  }

  #called(attempt: Attempt, { isOfKey, ...evidence }: Told): void {
    const record = this.#records.get(attempt.target.id)
    if (record === undefined || this.#services.signal.aborted) return
    const nowMs = this.#services.clock.now()
    if (isOfKey || evidence.health !== "neutral") record.memory.heardMs = nowMs
    if (isOfKey) record.refused(evidence.cause, nowMs)
    if (record.called(attempt.model, evidence, nowMs) || isOfKey) this.#reviewAll()
  }

  #reviewAll(): void {
    for (const review of this.#reviews) review()
  }

  #review(): void {
    this.#announcer.announce(this.#conclusions())
  }

  /** Draws the conclusions anew, and comes back when time alone changes them. */
  #conclusions(): readonly Conclusion[] {
    const { clock, targets } = this.#services
    const nowMs = clock.now()
    const records = [...this.#records.values()]
    for (const record of records) record.age(nowMs)
    const inMs = Math.min(...records.map((record) => record.nextChangeMs)) - nowMs
    if (!Number.isFinite(inMs)) this.#timer?.cancel()
    else if (this.#timer === undefined) this.#timer = clock.after(inMs, () => this.#review())
    else this.#timer.rearm(inMs)
    const findings = records.flatMap((record) => record.findings(this.#prober?.nextRoundMs))
    return conclude(findings, targets, ({ id }, like) => this.#records.get(id)?.isWell(like, nowMs) ?? false)
  }
}

/** What is remembered of each target; nothing of those whose address or key is another one now. */
function remembered({ targets, renewed, kept }: Services): readonly (readonly [Target, TargetMemory])[] {
  const memories = kept("targets", () => new Map<string, TargetMemory>())
  return targets.map((target) => {
    const memory = (renewed.includes(target) ? undefined : memories.get(target.id)) ?? freshMemory()
    memories.set(target.id, memory)
    return [target, memory]
  })
}

const idsOf = (targets: readonly Target[]): string => targets.map(({ id }) => `"${id}"`).join(", ")
