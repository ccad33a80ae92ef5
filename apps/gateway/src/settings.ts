import { isLoopback } from "./requests/loopback.ts"

/** A budget of a caller. */
export interface CallerBudget {
  readonly limit: { readonly requests: number } | { readonly tokens: number } | { readonly usd: number }
  readonly per: "minute" | "hour" | "day" | "month"
  readonly window?: "rolling" | "calendar"
}

/** A virtual key. */
export interface CallerKey {
  readonly id: string
  readonly value: string
  readonly models?: readonly string[]
  readonly budgets?: readonly CallerBudget[]
  readonly concurrency?: number
}

export interface GatewayOptions {
  readonly host?: string
  readonly port?: number
  readonly keys?: readonly CallerKey[]
  readonly status?: false | { readonly token?: string }
  readonly metrics?: boolean
  readonly cors?: readonly string[]
  readonly maxBodyBytes?: number
  readonly maxHeaderBytes?: number
  readonly slowClientMs?: number
  readonly shutdownMs?: number
}

/** The gateway's options with every default filled in. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly keys: readonly CallerKey[]
  readonly hasStatus: boolean
  readonly token: string | undefined
  readonly hasMetrics: boolean
  readonly origins: readonly string[]
  readonly maxBodyBytes: number
  readonly maxHeaderBytes: number
  readonly slowClientMs: number
  readonly shutdownMs: number
  /** Whether only this machine can reach it. */
  readonly isLoopback: boolean
}

export function settingsOf(options: GatewayOptions): Settings {
  const { host = "127.0.0.1", port = 8090, keys = [], status = {}, metrics = true, cors = [] } = options
  const { maxBodyBytes = 64 * 1024 * 1024, maxHeaderBytes = 16 * 1024 } = options
  const { slowClientMs = 30_000, shutdownMs = 30_000 } = options
  const token = status === false ? undefined : status.token
  return {
    host,
    port,
    keys,
    hasStatus: status !== false,
    token,
    hasMetrics: metrics,
    origins: cors,
    maxBodyBytes,
    maxHeaderBytes,
    slowClientMs,
    shutdownMs,
    isLoopback: isLoopback(host),
  }
}
