import type { FailureClass } from "@bellwether/wire"
import type { HealthState, ProbeOutcome } from "./heard-events.ts"
import type { LevelStatistics } from "./levels.ts"
import type { CircuitState } from "./series.ts"

/** How durations are spread, in milliseconds. Mean and max are exact, percentiles within 2 %. */
export interface Durations {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** How speeds are spread, in tokens per second; the 5th percentile is the slow end. Percentiles are within 2 %. */
export interface Speeds {
  readonly mean: number
  readonly p5: number
  readonly p50: number
  readonly p95: number
}

/** How calls, or attempts, went. */
export interface OutcomeStatistics {
  /** Those that are over. */
  readonly total: number
  readonly successful: number
  readonly failed: number
  /** Given up by the caller, or because another attempt answered first: neither a success nor a failure. */
  readonly cancelled: number
  /** Now, whatever the window. */
  readonly inFlight: number
  /** Of those that succeeded or failed; `null` while there are none. */
  readonly successRatePercent: number | null
  /** The failed ones by class. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>
  /** From the start to the end of the body, of the successful ones; `null` while there are none. */
  readonly latencyMs: Durations | null
  /** From the start to the first content, of the successful streams; `null` while there are none. */
  readonly firstContentMs: Durations | null
}

/** Tokens of all attempts, as far as providers told or we could estimate. */
export interface TokenStatistics {
  /** The cached ones included. */
  readonly input: number
  /** The ones spent on reasoning included. */
  readonly output: number
  readonly cachedInput: number
  readonly reasoning: number
  /** The part of them that was counted by us, because the provider did not get to tell. */
  readonly estimated: { readonly input: number; readonly output: number }
}

/** What attempts have cost: whole nano-USD (billionths of a dollar). */
export interface CostStatistics {
  readonly nanoUsd: number
  /** The part whose tokens were counted by us. */
  readonly estimatedNanoUsd: number
  /** Attempts that have cost something nobody knows; not in `nanoUsd`. */
  readonly unknown: number
}

/** What attempts did, and what they took. */
export interface WorkStatistics {
  /** Attempts on another target than the one before in the same call; hedges are none. */
  readonly failovers: number
  /** Attempts on a target that had failed in the same call, made for another chance (kind `repeat`). */
  readonly retries: number
  /** Attempts beside one that was late. */
  readonly hedges: number
  /** Attempts on a target known to be unavailable, because all were. */
  readonly panics: number
  /** Attempts that went on with a stream that was cut. */
  readonly resumes: number
  /** How often a plugin said no to a target; that takes no attempt. */
  readonly refusals: number
  /** How often a circuit opened. */
  readonly circuitOpenings: number
  readonly tokens: TokenStatistics
  /** Output tokens by the whole time of the attempt, of successful ones; `null` while there are none. */
  readonly tokensPerSecond: Speeds | null
  /** `null` without a `cost` plugin. */
  readonly cost: CostStatistics | null
}

/** The numbers of a pipeline's calls, or of the attempts at an endpoint, on a target, or for a model. */
export interface Statistics extends OutcomeStatistics, WorkStatistics {}

/** How calls went. */
export interface CallStatistics extends OutcomeStatistics {
  /** Each wait for a target, also in line; `null` while there were none. */
  readonly waitMs: Durations | null
}

/** The attempts for one model, and the calls whose callers asked for it. */
export interface ModelStatistics extends Statistics {
  readonly calls: CallStatistics
}

/** What came of the probes of a target. */
export interface ProbeStatistics {
  readonly total: number
  /** `up`: answered as expected. `down`: answered otherwise. `timeout`: not in time. `error`: not at all. */
  readonly outcomes: Readonly<Partial<Record<ProbeOutcome, number>>>
  /** From the request to the head of the answer, of the answered ones; `null` while there are none. */
  readonly latencyMs: Durations | null
}

/** The numbers of one target's attempts, and how it is now. */
export interface TargetStatistics extends Statistics {
  readonly status: "available" | "degraded" | "unavailable"
  /** What plugins say of it or of a model on it, in words, each with the plugin's name. */
  readonly reasons: readonly string[]
  /** The circuits that are not closed, by model. */
  readonly circuits: Readonly<Record<string, CircuitState>>
  /** As `health` has found it; `null` while it has said nothing. */
  readonly health: HealthState | null
  readonly probes: ProbeStatistics
  /** What its provider has told is left; `null` while it has told nothing. */
  readonly quota: LevelStatistics | null
}

/** The numbers of a pipeline's calls, and of the attempts they took. Plain data. */
export interface MetricsSnapshot extends Statistics, CallStatistics {
  /** Since when is counted, in milliseconds since 1970. */
  readonly sinceMs: number
  /** The attempts of all calls. */
  readonly attempts: OutcomeStatistics
  /** Attempts, by the endpoint's id. */
  readonly endpoints: Readonly<Record<string, Statistics>>
  /** Attempts, by the target's id, such as `primary/key-1`. */
  readonly targets: Readonly<Record<string, TargetStatistics>>
  /** Attempts and calls, by the model asked for; `(none)` where none was named, `(other)` for those without a row. */
  readonly models: Readonly<Record<string, ModelStatistics>>
  /** What is left now of our own budgets, by name; of one with several subjects, of that with the least. */
  readonly budgets: Readonly<Record<string, LevelStatistics>>
}

/** What a snapshot is of. */
export interface SnapshotOptions {
  /**
   * The last minute, or the last five, and up to 15 s more: `sinceMs` tells exactly.
   *
   * @default everything since the begin or the last `reset()`
   */
  readonly window?: "1m" | "5m"
}
