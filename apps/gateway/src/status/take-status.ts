import { actionNames } from "./action.ts"
import type { Engine } from "../engine/engine.ts"
import type { Running } from "../engine/running.ts"
import { keyStatus } from "./key-status.ts"
import type { KeySources, ToldCircuit, ToldHold } from "./key-status.ts"
import { budgetStatus, quotaStatus } from "./quota-status.ts"
import type { EndpointStatus, KeyStatus } from "./endpoint-status.ts"
import type { BudgetStatus, CallerStatus, CostStatus, Status } from "./status.ts"
import { tokenOf } from "./token.ts"
import { totalsOf, trafficOf } from "./traffic.ts"
import type { Watch } from "./watch.ts"

/** So many models are looked at for what is available. */
const mostModels = 20

/** How the gateway is at this moment. */
export function takeStatus(engine: Engine, watch: Watch): Status {
  const { clock, running, reloadError, isClosing } = engine
  const { pipeline, settings, options, callers } = running
  const recent = pipeline.metrics.snapshot({ window: "5m" })
  const budgets = "quota" in pipeline.inspect().plugins ? pipeline.quota.snapshot() : undefined
  const own = (budgets?.budgets ?? []).map(budgetStatus)
  const isCallers = ({ scope, subject }: BudgetStatus): boolean =>
    scope === "caller" && callers.list.some(({ id }) => id === subject)
  const keys = keysOf(engine)
  return {
    nowMs: Math.round(clock.date()),
    process: {
      version: watch.version,
      startedAtMs: watch.startedAtMs,
      isClosing,
      isDemo: watch.isDemo,
      config: {
        file: running.file ?? null,
        loadedAtMs: Math.round(running.loadedAtMs),
        error: reloadError ?? null,
        restartFor: running.restartFor,
      },
    },
    totals: totalsOf(pipeline.metrics.snapshot()),
    recent: totalsOf(recent),
    endpoints: options.endpoints.map(({ id, baseURL }): EndpointStatus => {
      const own = keys.filter(({ target }) => target.startsWith(`${id}/`))
      const targets = running.office.services.targets.filter(({ endpoint }) => endpoint === id)
      const traffic = recent.endpoints[id]
      return {
        id,
        host: new URL(baseURL).host,
        tier: targets[0]?.tier ?? 0,
        weight: targets.reduce((sum, { weight }) => sum + weight, 0),
        serves: targets[0]?.serves ?? null,
        availability: bestOf(own),
        spentUsd: spentAt(running, id),
        keys: own,
        ...(traffic === undefined ? trafficOf(nothing) : trafficOf(traffic)),
      }
    }),
    quotas: (budgets?.keys ?? []).map(quotaStatus),
    budgets: own.filter((budget) => !isCallers(budget)),
    callers: callers.list.map(({ id, concurrency, models, usage }): CallerStatus => ({
      id,
      calls: usage.calls,
      inFlight: usage.inFlight,
      concurrency: concurrency ?? null,
      models: models ?? null,
      budgets: own.filter((budget) => isCallers(budget) && budget.subject === id),
    })),
    cost: costOf(running),
    troubles: watch.troubles.list,
    history: watch.history.read(options.endpoints.map(({ id }) => id)),
    actions: { mode: tokenOf(settings) === undefined ? "off" : "token", names: actionNames },
  }
}

/** How all keys are. */
export function keysOf({ clock, running }: Engine): readonly KeyStatus[] {
  const { pipeline, office, options } = running
  const { plugins } = pipeline.inspect()
  const { gates = [], parks = [] } = (plugins["retry"] ?? {}) as {
    readonly gates?: readonly ToldHold[]
    readonly parks?: readonly ToldHold[]
  }
  const recent = pipeline.metrics.snapshot({ window: "5m" })
  const sources: KeySources = {
    board: office.services.board,
    circuits: (plugins["circuit-breaker"] ?? []) as readonly ToldCircuit[],
    gates,
    parks,
    health: options.health === false ? undefined : pipeline.health.snapshot(),
    models: Object.keys(recent.models)
      .filter((model) => !model.startsWith("("))
      .slice(0, mostModels),
    dateOf: (monotonicMs) => clock.date() + monotonicMs - clock.now(),
    inFlight: (target) => recent.targets[target]?.inFlight ?? 0,
  }
  return office.services.targets.map((target) => keyStatus(target, sources))
}

const bestOf = (keys: readonly KeyStatus[]): KeyStatus["availability"] =>
  (["available", "degraded"] as const).find((best) =>
    keys.some(({ availability }) => availability === best),
  ) ?? "unavailable"

const nothing: Parameters<typeof trafficOf>[0] = {
  total: 0,
  successful: 0,
  failed: 0,
  cancelled: 0,
  inFlight: 0,
  successRatePercent: null,
  failures: {},
  latencyMs: null,
  firstContentMs: null,
}

const isCosted = ({ options: { cost } }: Running): boolean => cost !== undefined && cost !== false

function spentAt(running: Running, endpoint: string): number | null {
  if (!isCosted(running)) return null
  return (running.pipeline.cost.snapshot().endpoints[endpoint]?.nanoUsd ?? 0) / 1e9
}

function costOf(running: Running): CostStatus | null {
  if (!isCosted(running)) return null
  const report = running.pipeline.cost.report()
  return {
    sinceAtMs: Math.round(report.sinceMs),
    spentUsd: report.spentUsd,
    wastedUsd: report.wastedUsd,
    savedUsd: report.together.savedUsd,
    savedPercent: report.together.savedPercent,
    savedUsdPerMonth: report.savedUsdPerMonth,
    unknownAttempts: report.unknownAttempts,
  }
}
