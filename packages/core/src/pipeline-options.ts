import type { ClassifierRule } from "@bellwether/wire"
import type { Clock } from "./clock.ts"
import type { EndpointOptions } from "./endpoint.ts"
import {
  callable,
  count,
  flag,
  oneOf,
  positiveMilliseconds,
  text,
  url,
  wholeNumber,
} from "./option-checks.ts"
import { either, listOf, must, recordOf, refuseFaults, required, shape } from "./options.ts"
import type { Check } from "./options.ts"
import type { Plugin } from "./plugin.ts"
import { providers } from "./provider.ts"
import type { Random } from "./random.ts"
import type { Store } from "./store.ts"
import type { Fetch } from "./transport.ts"

/** What a pipeline is made of. */
export interface PipelineOptions {
  /** At least one; the first is the primary. */
  readonly endpoints: readonly EndpointOptions[]
  /** Plugins; within a scope the first one is outermost. @default none */
  readonly use?: readonly Plugin[]
  /** Sends the requests. @default the global `fetch` */
  readonly fetch?: Fetch
  /** @default the system's */
  readonly clock?: Clock
  /** @default the system's */
  readonly random?: Random
  /** Shares state with other processes. @default none: state stays in this process */
  readonly store?: Store
  /** Milliseconds for a whole call, up to the commit of a stream. @default 600_000 */
  readonly deadlineMs?: number
  /** Attempts one call may take in all. @default 8 */
  readonly attempts?: number
  /** Rows of your own for the failure table, asked before ours. */
  readonly rules?: readonly ClassifierRule[]
}

const anyObject: Check = either({ object: () => [] })

const key = either({ text, function: callable })

const endpoint = shape<EndpointOptions>({
  id: required(text),
  baseURL: required(url),
  key,
  keys: listOf(either({ text, function: callable, object: shape({ id: text, value: required(key) }) }), {
    min: 1,
  }),
  provider: either({
    text: oneOf(Object.keys(providers)),
    object: shape({ name: required(text), url: required(callable), authorize: required(callable) }),
  }),
  apiVersion: text,
  headers: recordOf(must("a text", (value) => typeof value === "string")),
  models: recordOf(text),
  tier: wholeNumber,
  contextTokens: count,
  prefill: flag,
})

const checks = shape<PipelineOptions>({
  endpoints: required(listOf(endpoint, { min: 1 })),
  use: listOf(must("a plugin, with a name and a setup function", isPlugin)),
  fetch: callable,
  clock: anyObject,
  random: anyObject,
  store: anyObject,
  deadlineMs: positiveMilliseconds,
  attempts: count,
  rules: listOf(anyObject),
})

function isPlugin(value: unknown): boolean {
  const plugin = value as Partial<Plugin> | null
  return typeof plugin === "object" && typeof plugin?.name === "string" && typeof plugin.setup === "function"
}

/** Refuses bad options, all faults at once. */
export function checkPipelineOptions(options: PipelineOptions): void {
  refuseFaults(checks(options, ""))
  refuseFaults([
    ...options.endpoints.flatMap(endpointFaults),
    ...repeated(options.endpoints.map(({ id }) => id)).map(
      (id) =>
        `endpoints has two with the id "${id}": give each its own, or list the second key under \`keys\`.`,
    ),
    ...repeated((options.use ?? []).map(({ name }) => name)).map(
      (name) => `use lists the plugin "${name}" twice: leave one out.`,
    ),
    ...misplaced(options.use ?? []),
  ])
}

function endpointFaults(options: EndpointOptions, index: number): string[] {
  const path = `endpoints[${index}]`
  const faults: string[] = []
  const { username, password, search, hash } = new URL(options.baseURL)
  if (username !== "" || password !== "")
    faults.push(`${path}.baseURL must not carry credentials: put the key under \`key\`.`)
  if (search !== "" || hash !== "") faults.push(`${path}.baseURL must end with its path, without ? or #.`)
  if (options.key !== undefined && options.keys !== undefined)
    faults.push(`${path} has both key and keys: list all of them under \`keys\`.`)
  if (
    options.apiVersion !== undefined &&
    options.provider !== "azure" &&
    typeof options.provider !== "object"
  )
    faults.push(`${path}.apiVersion does nothing without provider: "azure".`)
  const ids = (options.keys ?? []).map(
    (entry, place) => (typeof entry === "object" ? entry.id : undefined) ?? `key-${place + 1}`,
  )
  for (const id of repeated(ids)) faults.push(`${path}.keys has two with the id "${id}": give each its own.`)
  for (const id of [options.id, ...ids])
    if (/[/\s]/.test(id)) faults.push(`${path} has the id "${id}": ids must be without slashes and spaces.`)
  return faults
}

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]

/** A plugin may name those it must stand inside of. */
function misplaced(plugins: readonly Plugin[]): string[] {
  return plugins.flatMap(({ name, inside = [] }, index) =>
    plugins
      .slice(index + 1)
      .filter((later) => inside.includes(later.name))
      .map(
        (later) =>
          `use lists "${name}" before "${later.name}", but it must stand inside of it: list "${later.name}" first.`,
      ),
  )
}
