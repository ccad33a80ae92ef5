import type { EndpointOptions } from "@bellwether/core"
import { namedKeys } from "../named-keys.ts"
import { boundsOf, has } from "./defaults.ts"
import { when } from "./finding.ts"
import type { Finding, Search, Subject } from "./finding.ts"
import { covers } from "./model-pattern.ts"

/** Endpoints that add nothing, or are never reached, and what is told of them in vain. */
export const endpoints: Search = (subject) => [
  ...subject.options.endpoints.flatMap((endpoint, place) => [
    ...ofEndpoint(subject, endpoint, `endpoints[${place}]`),
    ...shadowed(endpoint, `endpoints[${place}].serves`),
  ]),
  ...twins(subject.options.endpoints),
  ...unreached(subject),
]

function ofEndpoint(
  { options, targets }: Subject,
  endpoint: EndpointOptions,
  path: string,
): readonly Finding[] {
  const { id, weight, price, prefill, contextTokens } = endpoint
  const tier = targets.find((target) => target.endpoint === id)?.tier
  const mates = new Set(targets.filter((target) => target.tier === tier).map((target) => target.endpoint))
  const isCheapest = options.router !== false && options.router?.strategy === "cheapest"
  const countsMoney = options.quota?.budgets?.some(({ limit }) => "usd" in limit) === true
  return [
    ...when(
      weight !== undefined && mates.size === 1,
      `${path}.weight`,
      `has no effect: ${id} is alone in tier ${tier}. Give those that are to share load the same tier.`,
    ),
    ...when(
      price !== undefined && !isCheapest && !countsMoney && !has(options, "cost"),
      `${path}.price`,
      'is read by nobody: set `cost: true`, `router.strategy: "cheapest"`, or a budget in usd.',
    ),
    ...when(
      prefill === true && !has(options, "resume"),
      `${path}.prefill`,
      "is read by nobody: set `resume: true`, so that cut streams go on there.",
    ),
    ...when(
      contextTokens !== undefined && new Set(targets.map((target) => target.endpoint)).size === 1,
      `${path}.contextTokens`,
      "has no effect: there is no other endpoint that a request which is too long could come from.",
    ),
  ]
}

/** Names of models that another name of the same list covers. */
const shadowed = ({ serves = [] }: EndpointOptions, path: string): readonly Finding[] =>
  serves.flatMap((name, place) => {
    const cover = serves.find((other, at) =>
      other === name ? at < place : other.endsWith("*") && covers(other, name),
    )
    return when(cover !== undefined, `${path}[${place}]`, `changes nothing: ${cover} covers ${name}.`)
  })

/** The same provider with the same key under two names: what breaks one breaks the other. */
function twins(all: readonly EndpointOptions[]): readonly Finding[] {
  const told = all.flatMap((endpoint, place) => {
    const keys = namedKeys(endpoint)
    const where = keys.map((_, at) => (endpoint.keys === undefined ? "key" : `keys[${at}]`))
    return (keys.length === 0 ? [undefined] : keys).map((key, at) => ({
      path: [`endpoints[${place}]`, ...where.slice(at, at + 1)].join("."),
      key: typeof key?.value === "string" ? key.value.trim() : key?.value,
      rest: addressOf(endpoint),
    }))
  })
  return told.flatMap(({ path, key, rest }, place) => {
    const twin = told.slice(0, place).find((other) => other.key === key && other.rest === rest)
    return when(
      twin !== undefined,
      path,
      `asks the same provider with the same key as ${twin?.path}: what fails there fails here, and costs an attempt.`,
    )
  })
}

/** Two endpoints that differ in this are asked for different things. */
const addressOf = ({ baseURL, headers = {}, models = {}, apiVersion }: EndpointOptions): string =>
  JSON.stringify([baseURL.replace(/\/+$/, ""), headers, models, apiVersion])

/** Tiers that no call gets to, because its attempts are over before. */
function unreached({ options, targets }: Subject): readonly Finding[] {
  const { attempts } = boundsOf(options)
  const inOrder = targets.toSorted((a, b) => a.tier - b.tier)
  const beyond = inOrder.slice(attempts).filter(({ tier }) => tier > (inOrder[attempts - 1]?.tier ?? 0))
  const names = [...new Set(beyond.map(({ endpoint }) => endpoint))].join(", ")
  return when(
    beyond.length > 0,
    "attempts",
    attempts === 1
      ? `is 1: a call never moves to another target, so ${names} is asked only while circuits keep calls from the others.`
      : `is ${attempts}, used up by the ${targets.length - beyond.length} targets before ${names}: a call that finds them all down never gets there. Raise it.`,
  )
}
