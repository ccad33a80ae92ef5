import type { ActionName } from "./action.ts"
import type { EndpointStatus } from "./endpoint-status.ts"
import type { History } from "./history.ts"
import type { Totals } from "./traffic-status.ts"

/**
 * How a gateway is: what the status page, `GET /status.json`, `GET /status/events` and the command's `status` show.
 * Plain JSON. Ids and words only: no key, no prompt, no answer, no text of a provider.
 *
 * Names that end in `AtMs`, and `nowMs`, are milliseconds since 1970 by the gateway's clock, so a countdown is
 * `untilAtMs - nowMs`; all other `Ms` are durations. What is not known, or does not apply, is `null`.
 */
export interface Status {
  readonly nowMs: number
  readonly process: ProcessStatus
  /** All calls since the start. */
  readonly totals: Totals
  /** The calls of the last five minutes. */
  readonly recent: Totals
  /** In declared order. */
  readonly endpoints: readonly EndpointStatus[]
  /** What providers tell is left of their keys. */
  readonly quotas: readonly QuotaStatus[]
  /** Budgets of the operator; those of a caller stand with the caller. */
  readonly budgets: readonly BudgetStatus[]
  /** The virtual keys; empty where anyone may call. */
  readonly callers: readonly CallerStatus[]
  /** `null` where costs are not counted. */
  readonly cost: CostStatus | null
  /** The newest calls that did not end where they began, or failed; newest first, at most 50. */
  readonly troubles: readonly TroubledCall[]
  /** The last ten minutes, for charts. */
  readonly history: History
  /** What may be done from here, and by whom. */
  readonly actions: ActionsStatus
}

/** The gateway itself. */
export interface ProcessStatus {
  readonly version: string
  readonly startedAtMs: number
  /** Whether it refuses new calls and waits for those under way. */
  readonly isClosing: boolean
  /** Whether calls go to providers of its own, because there is no config. */
  readonly isDemo: boolean
  readonly config: ConfigStatus
}

/** The config a gateway runs on. */
export interface ConfigStatus {
  /** `null` where it was not read from a file. */
  readonly file: string | null
  /** When the config that runs was loaded. */
  readonly loadedAtMs: number
  /** Why the file was not taken over when it was last read; `null` when it was. */
  readonly error: { readonly atMs: number; readonly message: string } | null
  /** Options of the config that change with a restart only, such as `gateway.port`. */
  readonly restartFor: readonly string[]
}

/** What a provider tells of a key's quota. */
export interface QuotaStatus {
  readonly target: string
  readonly unit: string | null
  readonly limit: number | null
  readonly used: number | null
  readonly left: number | null
  readonly resetAtMs: number | null
  /** Whether calls go elsewhere because nothing is left. */
  readonly isParked: boolean
  readonly checkedAtMs: number | null
  /** Why the last question was not answered, in words. */
  readonly error: string | null
}

/** What a budget has left for one subject. */
export interface BudgetStatus {
  readonly name: string
  readonly scope: string
  /** The endpoint, target, model, tag or caller; empty for the whole gateway. */
  readonly subject: string
  /** `requests`, `tokens` or `usd`. */
  readonly unit: string
  readonly limit: number
  /** With what is set aside for calls under way. */
  readonly used: number
  readonly left: number
  readonly resetAtMs: number | null
}

/** A virtual key: who may call, and how much. */
export interface CallerStatus {
  readonly id: string
  /** Calls since the start. */
  readonly calls: number
  readonly inFlight: number
  /** Most calls at once; `null` without a limit. */
  readonly concurrency: number | null
  /** The models it may use; `null` for all. */
  readonly models: readonly string[] | null
  readonly budgets: readonly BudgetStatus[]
}

/** What was spent and saved. */
export interface CostStatus {
  readonly sinceAtMs: number
  readonly spentUsd: number
  /** The part of it that answered nobody. */
  readonly wastedUsd: number
  /** Against the reference prices; negative where more was paid. */
  readonly savedUsd: number
  readonly savedPercent: number | null
  /** At the same pace; `null` before a day has been seen. */
  readonly savedUsdPerMonth: number | null
  /** Attempts whose cost nobody knows. */
  readonly unknownAttempts: number
}

/** A call that was in trouble, and what was done about it. */
export interface TroubledCall {
  /** As in the header `x-bellwether-call` of its answer. */
  readonly id: string
  readonly startedAtMs: number
  /** `chat`, `responses`, `embeddings`, … */
  readonly operation: string
  readonly model: string | null
  /** The virtual key's id; `null` where anyone may call. */
  readonly caller: string | null
  readonly state: "answered" | "failed"
  readonly durationMs: number
  /** The target that answered. */
  readonly served: string | null
  readonly attempts: number
  readonly failure: { readonly class: string; readonly code: string } | null
  readonly steps: readonly TrailStep[]
}

/** One line of a trail. */
export interface TrailStep {
  /** From the start of the call. */
  readonly afterMs: number
  /** What happened, for those who put it into words of their own: `attempt-failed`, `waited`, … */
  readonly step: string
  readonly target: string | null
  /** What happened, in words. */
  readonly words: string
}

/** What may be done by `POST /status/actions`. */
export interface ActionsStatus {
  /** `off`: no `status.token` is configured, so nobody may act. */
  readonly mode: "off" | "token"
  readonly names: readonly ActionName[]
}
