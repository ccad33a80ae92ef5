import type { Admission } from "./admission.ts"
import { systemClock } from "./clock.ts"
import { compose } from "./compose.ts"
import type { Layer } from "./compose.ts"
import { createBoard } from "./create-board.ts"
import { createServices } from "./create-services.ts"
import { describeStack } from "./describe.ts"
import { createDispatch } from "./dispatch.ts"
import { createEndpoint } from "./endpoint.ts"
import { createEdge } from "./edge.ts"
import { createEventBus, defineEvent } from "./event.ts"
import type { EventType } from "./event.ts"
import { createFetch } from "./fetch.ts"
import type { Inspection, Pipeline } from "./pipeline.ts"
import { PipelineError } from "./pipeline-error.ts"
import { checkPipelineOptions } from "./pipeline-options.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { Places } from "./plugin.ts"
import { systemRandom } from "./random.ts"
import type { AttemptRequest, CallRequest } from "./request.ts"
import { createRouteReader } from "./route.ts"
import { createCells } from "./shared-cells.ts"
import { createState } from "./state.ts"
import type { LearntState } from "./state.ts"
import { closed } from "./stop.ts"
import { guardStore } from "./store-guard.ts"
import { bareFetch, createTransport } from "./transport.ts"

/** The shared store stopped answering; this process goes on with its own state. Once per transition. */
export const StoreLost: EventType<{ readonly cause: unknown }> = defineEvent("store-lost")

/** The shared store answers again. */
export const StoreFound: EventType<Record<never, never>> = defineEvent("store-found")

/**
 * Puts plugins around `fetch`.
 *
 * @example
 * const pipeline = createPipeline({
 *   endpoints: [{ id: "openai", baseURL: "https://api.openai.com/v1", key: process.env.OPENAI_API_KEY }],
 *   use: [retry()],
 * })
 * const response = await pipeline.fetch("/models")
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  checkPipelineOptions(options)
  const { use = [], clock = systemClock, random = systemRandom, rules = [] } = options
  const { deadlineMs = 600_000, attempts = 8 } = options
  // Options are checked: it is one of ours.
  const state = (options.state ?? createState()) as LearntState
  const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init))

  const closing = new AbortController()
  const events = createEventBus()
  const endpoints = options.endpoints.map(createEndpoint)
  const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const targets = endpoints.flatMap((endpoint) => endpoint.targets)
  const board = createBoard(clock, targets, events)
  const store =
    options.store &&
    guardStore(options.store, {
      clock,
      onLost: (cause) => events.emit(StoreLost, { cause }),
      onBack: () => {
        cells.refresh()
        events.emit(StoreFound, {})
      },
    })
  const cells = createCells({
    state,
    store,
    clock,
    signal: closing.signal,
    onChange: board.touch,
  })
  const servicesOf = createServices({
    clock,
    random,
    store,
    board,
    cells,
    state,
    endpoints: byId,
    targets,
    renewed: state.renewed(endpoints),
    transport: createTransport(fetch),
    events,
    signal: closing.signal,
  })

  let installed: readonly { readonly source: string; readonly places: Places }[]
  try {
    installed = use.map((plugin) => ({
      source: plugin.name,
      places: plugin.setup(servicesOf(plugin.name)) ?? {},
    }))
    for (const { places } of installed) places.check?.()
  } catch (error) {
    // What some of them have begun ends with a pipeline that is none.
    closing.abort()
    throw error
  }
  state.adopt(clock, endpoints)
  const callLayers: Layer<CallRequest>[] = []
  const attemptLayers: Layer<AttemptRequest>[] = []
  const admissions: { source: string; admission: Admission }[] = []
  for (const { source, places } of installed) {
    if (places.call !== undefined) callLayers.push({ source, middleware: places.call })
    if (places.attempt !== undefined) attemptLayers.push({ source, middleware: places.attempt })
    if (places.admit === undefined) continue
    admissions.push({ source, admission: places.admit })
    board.admit(source, places.admit)
  }

  const dispatch = createDispatch({
    endpoints: byId,
    admissions,
    layers: attemptLayers,
    transport: createTransport(bareFetch(fetch)),
    clock,
    events,
    rules,
  })
  const edge = createEdge({
    chain: compose(callLayers, dispatch),
    targets,
    secrets: endpoints.flatMap(({ secrets }) => secrets),
    board,
    clock,
    random,
    events,
    deadlineMs,
    attempts,
    recent: state.calls,
    hints: installed.flatMap(({ places }) => places.hints ?? []),
  })

  let started: Promise<void> | undefined
  const start = async (): Promise<void> => {
    if (closing.signal.aborted) throw new PipelineError(closed.failure.code, closed.failure.message)
    await Promise.all(installed.map(async ({ places }) => places.start?.()))
  }
  const begin = (): Promise<void> => (started ??= start())
  let prepared: Promise<void> | undefined
  const prepare = async (): Promise<void> => {
    await begin()
    await Promise.all(installed.map(async ({ places }) => places.ready?.()))
  }
  const ready = (): Promise<void> => (prepared ??= prepare())

  const call: Pipeline["call"] = (input) => {
    // A plugin whose start fails says so to whoever awaits ready(); calls go on without it.
    if (started === undefined) begin().catch(() => {})
    return edge.call(input)
  }

  function inspectPlugin(source: string, places: Places): unknown {
    try {
      return places.inspect?.()
    } catch (error) {
      events.fault(places, `${source} inspect`, error)
      return undefined
    }
  }

  async function close(): Promise<void> {
    closing.abort()
    edge.close()
  }

  const route = createRouteReader(endpoints)
  return {
    fetch: createFetch(call, route),
    call,
    route,
    on: events.on,
    inspect: (model): Inspection => ({
      nowMs: clock.now(),
      targets: targets.map((target) => ({ ...target, verdict: board.read(target, model) })),
      plugins: Object.fromEntries(
        installed
          .map(({ source, places }) => [source, inspectPlugin(source, places)] as const)
          .filter(([, data]) => data !== undefined),
      ),
    }),
    explain: state.calls.find,
    describe: () => describeStack(installed, targets),
    ready,
    state,
    idle: edge.idle,
    close,
    [Symbol.asyncDispose]: close,
  }
}
