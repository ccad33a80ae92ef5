import type { QuotaOptions } from "bellwether"

/** What a caller's key may use in a while. */
export type GatewayBudget = Pick<NonNullable<QuotaOptions["budgets"]>[number], "limit" | "per" | "window">

/** A key that callers of the gateway show; the providers never see it. */
export interface GatewayKey {
  /** Name of the key in logs, metrics and pages. */
  readonly id: string
  /** The key itself. */
  readonly value: string
  /** The models it may ask for, exact or by their beginning (`claude-*`). @default all */
  readonly models?: readonly string[]
  /** What it may use. @default no limit */
  readonly budgets?: readonly GatewayBudget[]
  /** Calls it may have under way at once. @default no limit */
  readonly concurrency?: number
}

/** What is told about the gateway. */
export interface GatewayOptions {
  /** Address to listen at. Any but a loopback one needs `keys`. @default "127.0.0.1" */
  readonly host?: string
  /** Port to listen at; 0 for any that is free. A text, as variables are, will do. @default 8090 */
  readonly port?: number | `${number}`
  /** Keys of callers. @default none: whoever reaches the address may call */
  readonly keys?: readonly GatewayKey[]
  /**
   * The status page; `false` for none. With a `token` its actions may be used, and it may be read from elsewhere than
   * this machine.
   *
   * @default {}
   */
  readonly status?: false | { readonly token?: string }
  /** Whether `/metrics` is served; read from elsewhere it needs the token of the status page, as a bearer. @default true */
  readonly metrics?: boolean
  /** Origins whose pages may call from a browser, such as `https://app.example`. @default none */
  readonly cors?: readonly string[]
  /** Bytes the body of a request may have. @default 67_108_864 (64 MiB) */
  readonly maxBodyBytes?: number
  /** Bytes the headers of a request may have. @default 16_384 */
  readonly maxHeaderBytes?: number
  /** Milliseconds after which a caller is cut who sends nothing of its request, or reads nothing. @default 30_000 */
  readonly slowClientMs?: number
  /** Milliseconds that calls under way get to end when the gateway stops. @default 30_000 */
  readonly shutdownMs?: number
}
