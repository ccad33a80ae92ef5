import { gatewaySettings } from "@bellwether/config"
import type { GatewayOptions, GatewaySettings } from "@bellwether/config"
import { PipelineError } from "@bellwether/core"

/** What a server is bound with. It changes with a restart. */
const bound = ["host", "port", "maxHeaderBytes"] as const

/** The settings that hold, and what else their config asks for. */
export interface BoundSettings {
  readonly settings: GatewaySettings
  /** Names of the options that change with a restart only. */
  readonly restartFor: readonly string[]
}

/**
 * The settings of a config, as far as a server that is bound already can go by them.
 *
 * @param before what it was bound with; absent where it is yet to be bound
 * @throws PipelineError `invalid-options`
 */
export function boundSettings(
  options: GatewayOptions | undefined,
  before: GatewaySettings | undefined,
): BoundSettings {
  const wanted = gatewaySettings(options)
  if (before === undefined) return { settings: wanted, restartFor: [] }
  // A config that is safe on loopback is not where the server is bound now.
  if (!before.isLoopback && wanted.keys.length === 0) throw stillOpen(before.host)
  const { host, isLoopback, port, maxHeaderBytes } = before
  return {
    settings: { ...wanted, host, isLoopback, port, maxHeaderBytes },
    restartFor: bound.filter((name) => wanted[name] !== before[name]).map((name) => `gateway.${name}`),
  }
}

function stillOpen(host: string): PipelineError {
  const fault = `gateway.keys is missing: the gateway is bound to ${host} until it is started anew, so list who may call.`
  return new PipelineError("invalid-options", fault, { faults: [fault] })
}
