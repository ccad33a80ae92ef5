import type { Clock } from "./clock.ts"
import type { PipelineBoard } from "./create-board.ts"
import type { Endpoint } from "./endpoint.ts"
import type { EventBus } from "./event.ts"
import type { Key } from "./key.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { Random } from "./random.ts"
import type { ProbeRequest, Services } from "./services.ts"
import type { Cells } from "./shared-cells.ts"
import type { LearntState } from "./state.ts"
import type { Store } from "./store.ts"
import type { Target } from "./target.ts"
import type { Transport } from "./transport.ts"

/** What the services of a pipeline are made of. */
export interface ServicesOptions {
  readonly clock: Clock
  readonly random: Random
  readonly store: Store | undefined
  readonly board: PipelineBoard
  readonly cells: Cells
  readonly state: LearntState
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly targets: readonly Target[]
  readonly renewed: readonly Target[]
  readonly transport: Transport<Response>
  readonly events: EventBus
  readonly signal: AbortSignal
}

/** Makes what each plugin is lent; the plugin's name is on what it says and provides. */
export function createServices(options: ServicesOptions): (plugin: string) => Services {
  const { clock, random, store, board, cells, state, endpoints, targets, renewed } = options
  const { transport, events, signal } = options
  const provided = new Map<string, { readonly by: string; readonly implementation: unknown }>()

  function provide<T>(by: string, key: Key<T>, implementation: T): void {
    const earlier = provided.get(key.name)
    if (earlier !== undefined)
      throw new PipelineError(
        "service-provided-twice",
        `The plugins "${earlier.by}" and "${by}" both provide "${key.name}": leave one of them out.`,
      )
    provided.set(key.name, { by, implementation })
  }

  function send(
    target: Target,
    { method, path, headers = {}, body, signal: stop }: ProbeRequest,
  ): Promise<Response> {
    const endpoint = endpoints.get(target.endpoint)
    if (endpoint === undefined)
      throw new PipelineError("no-target", `There is no endpoint "${target.endpoint}" in this pipeline.`)
    const { apiVersion, baseURL, provider } = endpoint
    const mark = path.indexOf("?")
    const [bare, query] = mark === -1 ? [path, ""] : [path.slice(0, mark), path.slice(mark)]
    const url = provider.url({ baseURL, path: bare, query, model: undefined, apiVersion })
    const request = {
      url,
      method,
      headers,
      signal: stop,
      redirect: "manual" as const,
      ...(body !== undefined && { body }),
    }
    return transport(endpoint, request, target.key)
  }

  return (plugin) => ({
    clock,
    random: random.stream(plugin),
    store,
    board: board.from(plugin),
    targets,
    renewed,
    signal,
    kept: (name, make) => state.kept(`${plugin}:${name}`, make),
    shared: (key, cellOptions) => cells.shared(`${plugin}:${key}`, cellOptions),
    send,
    provide: (key, implementation) => provide(plugin, key, implementation),
    use: (key) => () => (provided.get(key.name)?.implementation ?? key.fallback) as never,
    emit: (type, data) => events.emit(type, data),
    on: (type, listener) => events.on(type, listener),
  })
}
