import type { EndpointOptions } from "@bellwether/core"
import type { BellwetherOptions } from "bellwether"
import { namedKeys } from "../named-keys.ts"

/**
 * A config without all that reaches out: keys and the functions that fetch them, addresses of providers, plugins of
 * others, a store, probes, usage polls. What decides about calls stays.
 */
export function playable(options: BellwetherOptions): BellwetherOptions {
  const { use: _use, store: _store, state: _state, health, quota, ...decisive } = options
  const { usage: _usage, ...budgeting } = quota ?? {}
  return {
    ...decisive,
    endpoints: options.endpoints.map(disarmed),
    health: health === false ? false : { ...health, probe: false },
    ...(budgeting.budgets !== undefined && { quota: budgeting }),
  }
}

/** How an endpoint is addressed and what it accepts as a key does not matter to a call that stays here. */
function disarmed(endpoint: EndpointOptions): EndpointOptions {
  const {
    key: _key,
    keys: _keys,
    provider: _provider,
    apiVersion: _version,
    headers: _headers,
    ...rest
  } = endpoint
  const ids = namedKeys(endpoint).map(({ id }) => id)
  return ids.length === 0 ? rest : { ...rest, keys: ids.map((id) => ({ id, value: "played" })) }
}
