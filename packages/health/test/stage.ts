import { Choice, createPipeline } from "@bellwether/core"
import type { CallResult, EndpointOptions, Pipeline, Plugin, State, Statement, Store } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { ScriptedProvider, ScriptedProviderOptions, VirtualClock } from "@bellwether/testing"
import { health, HealthChanged, ProbeEnded } from "../src/index.ts"
import type { Health, HealthOptions } from "../src/index.ts"

/** An endpoint of a stage: how it is configured, and what it is like. */
export interface Cast
  extends
    Partial<Omit<EndpointOptions, "id" | "baseURL">>,
    Partial<Pick<ScriptedProviderOptions, "script" | "latencyMs" | "faults" | "tokensPerSecond">> {
  /** The keys the provider accepts. @default any */
  readonly accepts?: readonly string[]
}

/** What a test wants otherwise. */
export interface StageOptions {
  readonly options?: HealthOptions
  readonly use?: readonly Plugin[]
  readonly store?: Store
  readonly state?: State
  readonly clock?: VirtualClock
  readonly fetch?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch
}

/** Health alone over scripted providers, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly health: Health
  readonly providers: Readonly<Record<string, ScriptedProvider>>
  /** What was told, a line each: `30000 primary/key-1 up HTTP 200`, `90000 primary healthy -> unhealthy`. */
  readonly log: readonly string[]
  /** What the board is told at the moment. */
  readonly said: readonly Statement[]
  /** Calls one target, a stream unless told otherwise, and reads the answer. */
  begin(targetId: string, input?: StageCall): Promise<CallResult>
  /** The same, and lets time pass until it is over. */
  ask(targetId: string, input?: StageCall): Promise<CallResult>
  /** The same a number of times, one after the other. */
  askTimes(count: number, targetId: string, input?: StageCall): Promise<void>
}

/** How a call is made. */
export interface StageCall {
  /** @default "gpt-4o" */
  readonly model?: string
  readonly signal?: AbortSignal
  /** How long the caller thinks about each piece of the answer. @default not at all */
  readonly pauseMs?: number
}

export function stageOf(casts: Readonly<Record<string, Cast>>, given: StageOptions = {}): Stage {
  const { options, use = [], store, state, clock = virtualClock() } = given
  const entries = Object.entries(casts).map(([id, cast]) => {
    const { accepts, script, latencyMs = 0, faults, tokensPerSecond, ...endpoint } = cast
    const provider = scriptedProvider({
      clock,
      origin: `https://${id}.test`,
      latencyMs,
      ...(accepts && { keys: accepts }),
      ...(script && { script }),
      ...(faults && { faults }),
      ...(tokensPerSecond !== undefined && { tokensPerSecond }),
    })
    const keys = endpoint.keys === undefined ? { key: `sk-${id}` } : {}
    return { id, provider, endpoint: { id, baseURL: provider.baseURL, ...keys, ...endpoint } }
  })
  const healthy = health(options)
  let chosen = ""
  let statements: () => readonly Statement[] = () => []
  const chooser: Plugin = {
    name: "chooser",
    setup({ board, targets }) {
      statements = () => board.statements()
      return {
        call(request, next, context) {
          const target = targets.find(({ id }) => id === chosen)
          if (target === undefined) throw new Error(`There is no target ${chosen}.`)
          return next(request, context.with(Choice, { target, kind: "first" }))
        },
      }
    },
  }
  const fetch = scriptedFetch(...entries.map(({ provider }) => provider))
  const pipeline = createPipeline({
    endpoints: entries.map(({ endpoint }) => endpoint),
    use: [...use, chooser, healthy],
    fetch: given.fetch?.(fetch) ?? fetch,
    clock,
    random: seededRandom(1),
    ...(store && { store }),
    ...(state && { state }),
  })
  const log: string[] = []
  pipeline.on(ProbeEnded, ({ target, result }) => {
    log.push(`${Math.round(clock.now())} ${target.id} ${result.outcome} ${result.reason}`)
  })
  pipeline.on(HealthChanged, ({ scope: { endpoint, key, model }, from, to }) => {
    const name = [endpoint, key, model].filter((part) => part !== undefined).join("/")
    log.push(`${Math.round(clock.now())} ${name} ${from} -> ${to}`)
  })
  const begin: Stage["begin"] = async (targetId, { model = "gpt-4o", signal, pauseMs = 0 } = {}) => {
    chosen = targetId
    const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Why?" }] })
    const input = { path: "/chat/completions", method: "POST", body, ...(signal && { signal }) }
    const result = await pipeline.call(input)
    if (result.ok) await read(result.response, pauseMs, clock).catch(() => {})
    return result
  }
  const ask: Stage["ask"] = (targetId, input) => clock.runUntil(begin(targetId, input))
  return {
    clock,
    pipeline,
    health: healthy,
    providers: Object.fromEntries(entries.map(({ id, provider }) => [id, provider])),
    log,
    get said() {
      return statements()
    },
    begin,
    ask,
    async askTimes(count, targetId, input) {
      for (let time = 0; time < count; time++) await ask(targetId, input)
    },
  }
}

async function read({ body }: Response, pauseMs: number, clock: VirtualClock): Promise<void> {
  for await (const _ of body ?? []) if (pauseMs > 0) await clock.sleep(pauseMs)
}

/** The requests for the list of models that a provider has got. */
export const checksOf = ({ requests }: ScriptedProvider) =>
  requests.filter(({ path }) => path === "/v1/models")
