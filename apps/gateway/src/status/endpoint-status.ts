import type { Traffic } from "./traffic-status.ts"

/** `degraded` takes calls when nothing better is there. */
export type Availability = "available" | "degraded" | "unavailable"

/** An endpoint and its keys. Its traffic is that of the last five minutes, in attempts. */
export interface EndpointStatus extends Traffic {
  readonly id: string
  /** Its host, such as `api.example.com`; no path, no query. */
  readonly host: string
  /** 0 is preferred. */
  readonly tier: number
  readonly weight: number
  /** The models it is declared to serve; `null` for any. */
  readonly serves: readonly string[] | null
  /** The best of its keys. */
  readonly availability: Availability
  /** What was spent on it since the start; `null` where costs are not counted. */
  readonly spentUsd: number | null
  readonly keys: readonly KeyStatus[]
}

/** One key of an endpoint. */
export interface KeyStatus {
  /** The key's id, never its value. */
  readonly key: string
  /** `endpoint/key`. */
  readonly target: string
  readonly availability: Availability
  /** Why it is not available, in words. */
  readonly reason: string | null
  /** When it is tried again; `null` where nobody knows. */
  readonly untilAtMs: number | null
  readonly health: HealthStatus
  /** The worst of its circuits. */
  readonly circuit: CircuitState
  /** Those that are not closed. */
  readonly circuits: readonly CircuitStatus[]
  /** Waits that the provider asked for. */
  readonly gates: readonly HoldStatus[]
  /** What cannot work for the time being: a refused key, a missing model, a used up quota. */
  readonly parks: readonly HoldStatus[]
  readonly inFlight: number
}

/** As probes and calls have found it. */
export interface HealthStatus {
  readonly state: "healthy" | "degraded" | "unhealthy"
  /** Why it is not healthy, in words. */
  readonly reasons: readonly string[]
  readonly lastProbe: {
    readonly atMs: number
    readonly outcome: "up" | "down" | "timeout" | "error"
    /** In words. */
    readonly reason: string
    readonly latencyMs: number
  } | null
}

/** `forced-open` is an operator's word. */
export type CircuitState = "closed" | "half-open" | "open" | "forced-open"

/** A circuit that is not closed. */
export interface CircuitStatus {
  /** The model it is for; `null` for all, or for requests that name none. */
  readonly model: string | null
  readonly state: CircuitState
  /** In words. */
  readonly reason: string
  readonly sinceAtMs: number
  /** When it is tried again; `null` until somebody says so. */
  readonly untilAtMs: number | null
}

/** A gate or a park. */
export interface HoldStatus {
  /** `null` for all models. */
  readonly model: string | null
  /** The failure's class. */
  readonly cause: string
  /** In words. */
  readonly reason: string
  readonly untilAtMs: number
}
