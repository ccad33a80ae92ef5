import type { Target } from "@bellwether/core"
import { agedCalls, learned, nextChangeMs, noCalls, reasonsOf, stateOf } from "./calls.ts"
import type { CallEvidence, Calls } from "./calls.ts"
import { failed, succeeded, unknownCondition } from "./condition.ts"
import type { Cause, Condition } from "./condition.ts"
import type { Finding } from "./finding.ts"
import type { Rules } from "./options.ts"
import type { ProbeResult } from "./probe-result.ts"
import type { Ring } from "./ring.ts"
import { freshMemory } from "./target-memory.ts"
import type { TargetMemory } from "./target-memory.ts"

/** Model names come from callers, so no more are known than this: those that were called last. */
const mostModels = 100

/** All that is known of one target, by the rules of one pipeline. What probes tell and what calls tell is kept apart. */
export class TargetRecord {
  readonly target: Target
  readonly memory: TargetMemory
  readonly #rules: Rules

  constructor(target: Target, rules: Rules, memory = freshMemory()) {
    this.target = target
    this.memory = memory
    this.#rules = rules
  }

  get results(): Ring<ProbeResult> {
    return this.memory.results
  }

  probed(result: ProbeResult, nowMs: number): void {
    this.results.add(result)
    const { health, kind, reason, model, latencyMs } = result
    if (health === "key-failure") this.refused({ kind, reason }, nowMs)
    if (health === "success") this.memory.key = succeeded(this.memory.key, nowMs, this.#rules.condition)
    if (model === undefined) this.#checked(result, nowMs)
    // A paid completion is a call like any other, made by us.
    else if (health === "success" || health === "failure")
      this.called(model, { health, cause: { kind, reason }, startedAtMs: nowMs - latencyMs }, nowMs)
  }

  /** @returns whether what is concluded may change */
  called(model: string | undefined, evidence: CallEvidence, nowMs: number): boolean {
    const { health, startedAtMs } = evidence
    const { condition } = this.#rules
    const probesBefore = this.memory.probes
    const keyBefore = this.memory.key
    if (health === "success") {
      if (startedAtMs >= this.memory.probes.sinceMs) this.memory.probes = unknownCondition
      this.memory.key = succeeded(this.memory.key, nowMs, condition)
    }
    const hasChanged = this.memory.probes !== probesBefore || this.memory.key !== keyBefore
    if (model === undefined) return hasChanged
    const before = this.memory.calls.get(model) ?? noCalls
    const after = learned(before, evidence, nowMs, this.#rules.calls)
    const isForgotten = this.#remember(model, after)
    return hasChanged || isForgotten || gist(after) !== gist(before)
  }

  /** The provider does not accept the key. */
  refused(cause: Cause, nowMs: number): void {
    this.memory.key = failed(this.memory.key, cause, nowMs, this.#rules.condition)
  }

  findings(nextProbeMs: number | undefined): readonly Finding[] {
    const { target } = this
    return [
      ...ofCondition(this.memory.probes, "probes", target, nextProbeMs),
      ...ofCondition(this.memory.key, "key", target, undefined),
      ...[...this.memory.calls].flatMap(([model, calls]) => ofCalls(calls, model, target)),
    ]
  }

  /** Lets time do its part. */
  age(nowMs: number): void {
    for (const [model, calls] of this.memory.calls)
      if (nextChangeMs(calls, this.#rules.calls) <= nowMs)
        this.memory.calls.set(model, agedCalls(calls, nowMs, this.#rules.calls))
  }

  /** When time alone changes what is concluded. */
  get nextChangeMs(): number {
    let nextMs = Infinity
    for (const calls of this.memory.calls.values())
      nextMs = Math.min(nextMs, nextChangeMs(calls, this.#rules.calls))
    return nextMs
  }

  /** Whether it has lately shown that it is none of those the finding speaks of. */
  isWell({ evidence, model }: Finding, nowMs: number): boolean {
    if (evidence === "probes")
      return this.results.newest?.health === "success" && this.memory.probes.failures === 0
    const { condition, failures } = this.memory.calls.get(model ?? "") ?? noCalls
    const isRecent = failures.lastMs > 0 && nowMs - failures.lastMs < this.#rules.calls.failures.windowMs
    return isRecent && condition.state === "healthy" && condition.failures === 0
  }

  /** Whatever answered was reached, which is what it had failed in; that it works is for calls to show. */
  #checked({ health, kind, reason, status }: ProbeResult, nowMs: number): void {
    const { condition } = this.#rules
    if (health === "failure")
      this.memory.probes = failed(this.memory.probes, { kind, reason }, nowMs, condition)
    else if (status !== undefined) this.memory.probes = succeeded(this.memory.probes, nowMs, condition)
  }

  /** @returns whether a model of which there was something to say had to be forgotten */
  #remember(model: string, calls: Calls): boolean {
    this.memory.calls.delete(model)
    this.memory.calls.set(model, calls)
    const [oldest] = this.memory.calls
    if (this.memory.calls.size <= mostModels || oldest === undefined) return false
    this.memory.calls.delete(oldest[0])
    return stateOf(oldest[1]) !== "healthy"
  }
}

/** What of calls is told; most attempts leave it as it is. */
function gist(calls: Calls): string {
  const { state, untilMs, failures } = calls.condition
  return state === "healthy" ? stateOf(calls) : `${state} ${untilMs} ${failures}`
}

function ofCondition(
  { state, sinceMs, failures, cause }: Condition,
  evidence: "key" | "probes",
  target: Target,
  untilMs: number | undefined,
): readonly Finding[] {
  if (state === "healthy") return []
  const what = evidence === "key" ? "its key was refused" : "its probes failed"
  const last = `the last time: ${cause?.reason}`
  const reason =
    state === "unhealthy" ? `${what} ${failures} times in a row, ${last}` : `on trial after ${what}, ${last}`
  const until = state === "unhealthy" && untilMs !== undefined ? { untilMs } : {}
  return [{ target, evidence, state, kind: cause?.kind ?? "", reason, sinceMs, ...until }]
}

function ofCalls(calls: Calls, model: string, target: Target): readonly Finding[] {
  const state = stateOf(calls)
  if (state === "healthy") return []
  const { cause, sinceMs, untilMs } = calls.condition
  const reason = reasonsOf(calls).join("; ")
  const until = state === "unhealthy" && untilMs !== undefined ? { untilMs } : {}
  return [{ target, model, evidence: "calls", state, kind: cause?.kind ?? "", reason, sinceMs, ...until }]
}
