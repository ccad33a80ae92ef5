import type { BellwetherOptions, EndpointOptions } from "bellwether"
import { when } from "./finding.ts"
import type { Finding, Search } from "./finding.ts"

/** Options that change nothing as the rest of the config stands. */
export const inertOptions: Search = (options) => [
  ...options.endpoints.flatMap((endpoint, place) => ofEndpoint(options, endpoint, place)),
  ...ofRouting(options),
  ...ofModels(options),
]

const tierOf = ({ tier }: EndpointOptions, place: number): number => tier ?? place

const targetsOf = ({ endpoints }: BellwetherOptions): number =>
  endpoints.reduce((sum, { keys }) => sum + Math.max(1, keys?.length ?? 1), 0)

function ofEndpoint(
  options: BellwetherOptions,
  endpoint: EndpointOptions,
  place: number,
): readonly Finding[] {
  const { endpoints, router, cost, quota } = options
  const path = `endpoints[${place}]`
  const mates = endpoints.filter((other, at) => tierOf(other, at) === tierOf(endpoint, place))
  const isCheapest = router !== false && router?.strategy === "cheapest"
  const isPriced = isCheapest || Boolean(cost) || quota?.budgets?.some(({ limit }) => "usd" in limit) === true
  return [
    ...when(
      endpoint.weight !== undefined && mates.length === 1,
      `${path}.weight`,
      `has no effect: ${endpoint.id} is alone in tier ${tierOf(endpoint, place)}. Give those that are to share load the same tier.`,
    ),
    ...when(
      endpoint.price !== undefined && !isPriced,
      `${path}.price`,
      'is read by nobody: set `cost: true`, `router.strategy: "cheapest"`, or a budget in usd.',
    ),
  ]
}

function ofRouting(options: BellwetherOptions): readonly Finding[] {
  const { router, hedge, resume, attempts = 8, endpoints, cost } = options
  const targets = targetsOf(options)
  const strategy = router === false ? undefined : router?.strategy
  return [
    ...when(
      Boolean(hedge) && targets === 1,
      "hedge",
      "has no effect: there is no other target a second request could go to.",
    ),
    ...when(
      strategy === "cheapest" && !cost && endpoints.every(({ price }) => price === undefined),
      "router.strategy",
      'is "cheapest", but no price is known: give endpoints a `price`, or set `cost: true`.',
    ),
    ...when(
      attempts > 1 && attempts < targets,
      "attempts",
      `is ${attempts}, but there are ${targets} targets: some of them are never reached by a call that finds the first ones down.`,
    ),
    ...when(
      typeof resume === "object" &&
        resume.how?.includes("continue") === true &&
        !resume.how.includes("splice") &&
        endpoints.every(({ prefill }) => prefill !== true),
      "resume.how",
      "continues streams only where an endpoint is declared to (`prefill: true`), and none is.",
    ),
  ]
}

/** Models that are spoken of but served by nobody. */
function ofModels({ endpoints, fallback }: BellwetherOptions): readonly Finding[] {
  const isServed = (model: string): boolean =>
    endpoints.some(
      ({ serves, models }) =>
        serves === undefined || [...serves, ...Object.keys(models ?? {})].some(matches(model)),
    )
  const chains = Object.entries(fallback?.models ?? {})
  return chains.flatMap(([model, chain]) =>
    [chain]
      .flat()
      .flatMap((next) =>
        when(
          typeof next === "string" && !isServed(next),
          `fallback.models.${model}`,
          `names ${next}, which no endpoint serves: add it to an endpoint's \`serves\`.`,
        ),
      ),
  )
}

const matches =
  (model: string) =>
  (name: string): boolean =>
    name.endsWith("*") ? model.startsWith(name.slice(0, -1)) : model === name
