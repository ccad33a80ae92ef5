import { failureTable } from "@bellwether/wire"
import type { ClassifierRule } from "@bellwether/wire"
import { systemClock } from "./clock.ts"
import type { Clock } from "./clock.ts"
import type { EndpointOptions } from "./endpoint.ts"
import { endpointCheck } from "./endpoint-checks.ts"
import { callable, count, flag, oneOf, positiveMilliseconds, text } from "./option-checks.ts"
import { either, listOf, must, refuseFaults, required, shape } from "./options.ts"
import type { Check } from "./options.ts"
import type { Plugin } from "./plugin.ts"
import type { Random } from "./random.ts"
import { repeated } from "./repeated.ts"
import { isState } from "./state.ts"
import type { State } from "./state.ts"
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
  /**
   * What earlier pipelines have learnt: `state` of one of them, or `createState()`. Takes a pipeline's place without
   * forgetting anything; wants the same `clock`. @default nothing is known yet
   */
  readonly state?: State
  /** Milliseconds for a whole call, up to the commit of a stream. @default 600_000 */
  readonly deadlineMs?: number
  /** Attempts one call may take in all. @default 8 */
  readonly attempts?: number
  /** Rows of your own for the failure table, asked before ours. */
  readonly rules?: readonly ClassifierRule[]
}

const anyObject: Check = either({ object: () => [] })

const rule = shape<ClassifierRule>({
  class: required(oneOf(Object.keys(failureTable))),
  code: listOf(text),
  message: must("a regular expression", (value) => value instanceof RegExp),
  status: listOf(
    must('a status such as 429, or "4xx", "5xx" or "none"', (value) =>
      typeof value === "number"
        ? value >= 100 && value <= 599
        : ["4xx", "5xx", "none"].includes(String(value)),
    ),
  ),
  page: flag,
  stateless: flag,
  scope: oneOf(["none", "key", "key-model", "endpoint-model", "endpoint"]),
  sameTarget: flag,
})

const endpoints: Check = (value, path) => [
  ...listOf(endpointCheck, { min: 1 })(value, path),
  ...repeated(namesIn(value, "id")).map(
    (id) => `${path} has two with the id "${id}": give each its own, or list the second key under \`keys\`.`,
  ),
]

const use: Check = (value, path) => [
  ...listOf(must("a plugin, with a name and a setup function", isPlugin))(value, path),
  ...repeated(namesIn(value, "name")).map(
    (name) => `${path} lists the plugin "${name}" twice: leave one out.`,
  ),
  ...misplaced(Array.isArray(value) ? value.filter(isPlugin) : []).map((fault) => `${path} ${fault}`),
]

const checks = shape<PipelineOptions>({
  endpoints: required(endpoints),
  use,
  fetch: callable,
  clock: anyObject,
  random: anyObject,
  store: anyObject,
  state: must("the state of a pipeline, or createState()", isState),
  deadlineMs: positiveMilliseconds,
  attempts: count,
  rules: listOf(rule),
})

/**
 * Refuses bad options, all faults at once.
 *
 * @throws PipelineError `invalid-options`
 */
export function checkPipelineOptions(options: PipelineOptions | undefined): void {
  refuseFaults([...checks(options ?? {}, ""), ...otherTime(options)])
}

/** The times in a state mean nothing to another clock. */
function otherTime({ state, clock = systemClock }: Partial<PipelineOptions> = {}): readonly string[] {
  return !isState(state) || state.isTimedBy(clock)
    ? []
    : ["state was learnt by another clock: give this pipeline the same clock, or a state of its own."]
}

/** The names that entries of a list have under a member; whatever else is wrong with them is told elsewhere. */
function namesIn(list: unknown, member: "id" | "name"): string[] {
  if (!Array.isArray(list)) return []
  return list
    .map((entry: unknown): unknown => (entry as Partial<Record<typeof member, unknown>> | null)?.[member])
    .filter((name) => typeof name === "string")
}

function isPlugin(value: unknown): value is Plugin {
  const plugin = value as Partial<Plugin> | null
  return typeof plugin === "object" && typeof plugin?.name === "string" && typeof plugin.setup === "function"
}

/** A plugin may name those it must stand inside of. */
function misplaced(plugins: readonly Plugin[]): string[] {
  return plugins.flatMap(({ name, inside = [] }, index) =>
    plugins
      .slice(index + 1)
      .filter((later) => inside.includes(later.name))
      .map(
        (later) =>
          `lists "${name}" before "${later.name}", but it must stand inside of it: list "${later.name}" first.`,
      ),
  )
}
