import { AttemptStarted, covers, PipelineError } from "@bellwether/core"
import type { Attempt, Services, Target, Timer } from "@bellwether/core"
import { Announcer } from "./announcer.ts"
import { AttemptWatch } from "./attempt-watch.ts"
import type { Told } from "./attempt-watch.ts"
import { conclude } from "./conclude.ts"
import type { Rules } from "./options.ts"
import { Prober } from "./prober.ts"
import type { ProbeHost } from "./prober.ts"
import type { ProbeResult } from "./probe-result.ts"
import { snapshotOf } from "./snapshot.ts"
import type { HealthSnapshot } from "./snapshot.ts"
import { TargetRecord } from "./target-record.ts"

/** Health at work in one pipeline: evidence comes in, conclusions go out. */
export class LiveHealth implements ProbeHost {
  readonly #services: Services
  readonly #records: ReadonlyMap<string, TargetRecord>
  readonly #announcer: Announcer
  readonly #prober: Prober | undefined
  #timer: Timer | undefined

  constructor(services: Services, rules: Rules) {
    const { targets, clock, signal } = services
    this.#services = services
    this.#records = new Map(targets.map((target) => [target.id, new TargetRecord(target, rules)]))
    this.#announcer = new Announcer(services)
    this.#prober = rules.probe && new Prober(services, rules.probe, this)
    const tell = (attempt: Attempt, told: Told): void => this.#called(attempt, told)
    services.on(AttemptStarted, ({ attempt }) => attempt.observe(new AttemptWatch(attempt, clock, tell)))
    signal.addEventListener("abort", () => this.#timer?.cancel(), { once: true })
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
    const heardMs = this.#records.get(target.id)?.heardMs ?? -Infinity
    return heardMs < lastRoundMs || lastRoundMs === -Infinity || this.#isTroubled(target)
  }

  newest(target: Target): ProbeResult | undefined {
    return this.#records.get(target.id)?.results.newest
  }

  learn(target: Target, result: ProbeResult): void {
    this.#records.get(target.id)?.probed(result, this.#services.clock.now())
    this.#review()
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
    if (isOfKey || evidence.health !== "neutral") record.heardMs = nowMs
    if (isOfKey) record.refused(evidence.cause, nowMs)
    if (record.called(attempt.model, evidence, nowMs) || isOfKey) this.#review()
  }

  /** Draws the conclusions anew, and comes back when time alone changes them. */
  #review(): void {
    const { clock, targets, signal } = this.#services
    if (signal.aborted) return
    const nowMs = clock.now()
    const records = [...this.#records.values()]
    for (const record of records) record.age(nowMs)
    const findings = records.flatMap((record) => record.findings(this.#prober?.nextRoundMs))
    this.#announcer.announce(
      conclude(findings, targets, ({ id }, like) => this.#records.get(id)?.isWell(like, nowMs) ?? false),
    )
    const inMs = Math.min(...records.map((record) => record.nextChangeMs)) - nowMs
    if (!Number.isFinite(inMs)) this.#timer?.cancel()
    else if (this.#timer === undefined) this.#timer = clock.after(inMs, () => this.#review())
    else this.#timer.rearm(inMs)
  }
}

const idsOf = (targets: readonly Target[]): string => targets.map(({ id }) => `"${id}"`).join(", ")
