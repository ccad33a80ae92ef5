import { BlockList, isIP } from "node:net"
import { count, either, flag, listOf, milliseconds, must, positiveMilliseconds } from "@bellwether/core"
import { refuseFaults, shape, text } from "@bellwether/core"
import type { Check } from "@bellwether/core"
import { callerKeys } from "./caller-keys.ts"
import type { GatewayKey, GatewayOptions } from "./gateway-options.ts"

/** The options of the gateway with every default filled in. */
export interface GatewaySettings {
  readonly host: string
  /** Whether only this machine reaches the gateway. */
  readonly isLoopback: boolean
  readonly port: number
  readonly keys: readonly GatewayKey[]
  readonly status: false | { readonly token?: string }
  readonly metrics: boolean
  readonly cors: readonly string[]
  readonly maxBodyBytes: number
  readonly maxHeaderBytes: number
  readonly slowClientMs: number
  readonly shutdownMs: number
}

const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8)
loopback.addAddress("::1", "ipv6")

const isLoopback = (host: string): boolean => {
  const address = host.replace(/^\[(.*)\]$/, "$1")
  const version = isIP(address)
  if (version === 0) return address.toLowerCase() === "localhost"
  return loopback.check(address, version === 6 ? "ipv6" : "ipv4")
}

const port = must("a port from 0 to 65535", (value) =>
  typeof value === "number"
    ? Number.isInteger(value) && value >= 0 && value <= 65_535
    : typeof value === "string" && /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
)

const origin = must(
  "an origin such as https://app.example",
  (value) => typeof value === "string" && URL.canParse(value) && new URL(value).origin === value,
)

const token = must(
  "a text of printable characters without spaces",
  (value) => typeof value === "string" && /^[\x21-\x7e]+$/.test(value),
)

const ownChecks = shape<GatewayOptions>({
  host: text,
  port,
  keys: callerKeys,
  status: either({
    object: shape<Exclude<GatewayOptions["status"], false | undefined>>({ token }),
    flag: must("an object or false", (value) => value === false),
  }),
  metrics: flag,
  cors: listOf(origin),
  maxBodyBytes: count,
  maxHeaderBytes: count,
  slowClientMs: positiveMilliseconds,
  shutdownMs: milliseconds,
})

/** Looks at the options of the gateway. */
export const gatewayCheck: Check = (value, path) => {
  if (value === undefined) return []
  const faults = ownChecks(value, path)
  const { host, keys } = (value ?? {}) as GatewayOptions
  if (typeof host !== "string" || isLoopback(host) || keys !== undefined) return faults
  return [...faults, `${path}.keys is missing: list who may call, or leave host at 127.0.0.1.`]
}

/**
 * Refuses bad options of the gateway, and fills in the defaults.
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function gatewaySettings(options: GatewayOptions = {}): GatewaySettings {
  refuseFaults(gatewayCheck(options, "gateway"))
  const { host = "127.0.0.1", keys = [], status = {}, metrics = true, cors = [] } = options
  const { maxBodyBytes = 67_108_864, maxHeaderBytes = 16_384, slowClientMs = 30_000 } = options
  return {
    host,
    isLoopback: isLoopback(host),
    port: Number(options.port ?? 8090),
    keys,
    status,
    metrics,
    cors,
    maxBodyBytes,
    maxHeaderBytes,
    slowClientMs,
    shutdownMs: options.shutdownMs ?? 30_000,
  }
}
