import type { Board, Scope, Target, Verdict } from "@bellwether/core"
import type { HealthSnapshot } from "bellwether"
import type { CircuitState, CircuitStatus, HealthStatus, HoldStatus, KeyStatus } from "./endpoint-status.ts"

/** A circuit as the plugin tells of it. Times are wall milliseconds. */
export interface ToldCircuit {
  readonly target: string
  readonly model?: string
  readonly scope?: Scope
  readonly state: CircuitState
  readonly reason?: string
  readonly sinceMs: number
  readonly untilMs?: number
}

/** A gate or a park as `retry` tells of it. */
export interface ToldHold {
  readonly scope: Scope
  readonly untilMs: number
  readonly cause: string
}

/** What the keys of a gateway are told from. */
export interface KeySources {
  readonly board: Board
  readonly circuits: readonly ToldCircuit[]
  readonly gates: readonly ToldHold[]
  readonly parks: readonly ToldHold[]
  /** Absent where nobody watches. */
  readonly health: HealthSnapshot | undefined
  /** The models that are asked for. */
  readonly models: readonly string[]
  /** Wall milliseconds of a monotonic time. */
  dateOf(monotonicMs: number): number
  inFlight(target: string): number
}

const gravity: readonly CircuitState[] = ["closed", "half-open", "open", "forced-open"]

/** How one key is. */
export function keyStatus(target: Target, sources: KeySources): KeyStatus {
  const circuits = sources.circuits
    .filter((circuit) => circuit.target === target.id && circuit.state !== "closed")
    .map(circuitStatus)
  const holds = (told: readonly ToldHold[]): HoldStatus[] =>
    told
      .filter(({ scope }) => scope.endpoint === target.endpoint && (scope.key ?? target.key) === target.key)
      .map((hold) => holdStatus(hold, target, sources.board))
  return {
    key: target.key,
    target: target.id,
    ...availability(target, sources),
    health: healthStatus(sources.health?.[target.id]),
    circuit: circuits.reduce<CircuitState>(
      (worst, { state }) => (gravity.indexOf(state) > gravity.indexOf(worst) ? state : worst),
      "closed",
    ),
    circuits,
    gates: holds(sources.gates),
    parks: holds(sources.parks),
    inFlight: sources.inFlight(target.id),
  }
}

/** Whether a key can be had: it is as its models are, where they are not all alike it is degraded. */
function availability(
  target: Target,
  { board, models, dateOf }: Pick<KeySources, "board" | "models" | "dateOf">,
): Pick<KeyStatus, "availability" | "reason" | "untilAtMs"> {
  const verdicts: (readonly [string | undefined, Verdict])[] = [[undefined, board.read(target, undefined)]]
  if (verdicts[0]?.[1].status !== "unavailable" && models.length > 0)
    verdicts.splice(0, 1, ...models.map((model) => [model, board.read(target, model)] as const))
  const bad = verdicts.filter(([, { status }]) => status !== "available")
  const [first] = bad.toSorted(([, a], [, b]) => untilOf(a) - untilOf(b))
  if (first === undefined) return { availability: "available", reason: null, untilAtMs: null }
  const [model, verdict] = first
  const isOut = bad.length === verdicts.length && bad.every(([, { status }]) => status === "unavailable")
  const reason = verdict.status === "available" ? "" : verdict.reason
  const untilMs = untilOf(verdict)
  return {
    availability: isOut ? "unavailable" : "degraded",
    reason: model === undefined ? reason : `${model}: ${reason}`,
    untilAtMs: Number.isFinite(untilMs) ? Math.round(dateOf(untilMs)) : null,
  }
}

const untilOf = (verdict: Verdict): number =>
  verdict.status === "unavailable" ? (verdict.untilMs ?? Infinity) : Infinity

const circuitStatus = ({ model, scope, state, reason, sinceMs, untilMs }: ToldCircuit): CircuitStatus => ({
  model: model ?? scope?.model ?? null,
  state,
  reason: reason ?? "",
  sinceAtMs: sinceMs,
  untilAtMs: untilMs ?? null,
})

function holdStatus({ scope, untilMs, cause }: ToldHold, target: Target, board: Board): HoldStatus {
  const verdict = board.read(target, scope.model)
  const reason = verdict.status === "available" ? cause : verdict.reason
  return { model: scope.model ?? null, cause, reason, untilAtMs: untilMs }
}

function healthStatus(told: HealthSnapshot[string] | undefined): HealthStatus {
  if (told === undefined) return { state: "healthy", reasons: [], lastProbe: null }
  const { state, reasons, lastProbe, models } = told
  const ofModels = Object.entries(models).flatMap(([model, each]) =>
    each.reasons.map((reason) => `${model}: ${reason}`),
  )
  return {
    state: state === "healthy" && ofModels.length > 0 ? "degraded" : state,
    reasons: [...reasons, ...ofModels],
    lastProbe: lastProbe && {
      atMs: lastProbe.dateMs,
      outcome: lastProbe.outcome,
      reason: lastProbe.reason,
      latencyMs: Math.round(lastProbe.latencyMs),
    },
  }
}
