import type { Check, Checks, Plugin } from "@bellwether/core"
import { shape } from "@bellwether/core"
import { bellwether } from "bellwether"
import type { BellwetherOptions } from "bellwether"
import type { Config } from "./define-config.ts"
import { faultsOf } from "./faults-of.ts"
import { gatewayCheck } from "./gateway-settings.ts"
import type { PlainObject } from "./plain.ts"

/** Looked at by the pipeline and its plugins. */
const passedOn: Check = () => []

const checks: Checks<Config> = {
  endpoints: passedOn,
  metrics: passedOn,
  retry: passedOn,
  router: passedOn,
  circuitBreaker: passedOn,
  timeout: passedOn,
  health: passedOn,
  rateLimit: passedOn,
  quota: passedOn,
  cost: passedOn,
  fallback: passedOn,
  resume: passedOn,
  hedge: passedOn,
  use: passedOn,
  fetch: passedOn,
  clock: passedOn,
  random: passedOn,
  store: passedOn,
  deadlineMs: passedOn,
  attempts: passedOn,
  rules: passedOn,
  gateway: gatewayCheck,
}

const ownCheck = shape(checks)

/** Everything that is wrong with a config, each with its path. */
export function faultsIn(config: PlainObject): readonly string[] {
  const known = Object.entries(config).filter(([name]) => name in checks && name !== "gateway")
  const options = Object.fromEntries(known) as unknown as BellwetherOptions
  return [
    ...ownCheck(config, ""),
    ...faultsOf(() => bellwether({ ...options, ...untouched(options) })).map((fault) =>
      fault.replace(/^bellwether\./, ""),
    ),
  ]
}

/** A plugin can be set up once and a store be watched: the pipeline to come is who does that. */
function untouched({ use, store }: BellwetherOptions): Partial<BellwetherOptions> {
  return {
    ...(Array.isArray(use) && { use: use.map(standIn) }),
    ...(typeof store === "object" && store !== null && { store: {} as never }),
  }
}

function standIn(plugin: Plugin): Plugin {
  if (typeof plugin?.setup !== "function") return plugin
  const { name, inside } = plugin
  return { name, ...(inside !== undefined && { inside }), setup: () => {} }
}
