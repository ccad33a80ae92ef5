import { createPipeline } from "@bellwether/core"
import type { EndpointOptions, Fetch, Pipeline, PipelineOptions, Plugin, Random } from "@bellwether/core"
import { seededRandom, virtualClock } from "@bellwether/testing"
import type { Load } from "./load.ts"
import type { Outcome } from "./outcome.ts"
import type { Provider } from "./provider.ts"
import { isWhole, textOf } from "./speech.ts"

/** An endpoint of a scene. */
export interface Cast extends Partial<Omit<EndpointOptions, "id" | "baseURL" | "provider">> {
  readonly provider: Provider
}

/** What is played: callers, a pipeline, providers. */
export interface Scene {
  readonly endpoints: Readonly<Record<string, Cast>>
  readonly use: readonly Plugin[]
  readonly load: Load
  /** Makes the pipeline. @default createPipeline */
  readonly assemble?: (options: PipelineOptions) => Pipeline
  /** @default false */
  readonly stream?: boolean
  /** The model a call asks for. @default "m" for all */
  readonly modelOf?: (call: number) => string
  /** Milliseconds of a call. @default longer than any queue */
  readonly deadlineMs?: number
  /** @default 1 */
  readonly seed?: number
}

const hostOf = (id: string): string => `${id}.test`

const longerThanAnyQueueMs = 86_400_000

const messages = [{ role: "user", content: "Where to?" }]

/** Tells the providers which call an attempt belongs to. */
const callHeader = "x-call"
/** What probes belong to. */
const nobodysCall = -1

/** Plays a scene through the real pipeline in virtual time. The same scene with the same seed always ends alike. */
export async function play(scene: Scene): Promise<readonly Outcome[]> {
  const { endpoints, use, load, assemble = createPipeline, stream = false, seed = 1 } = scene
  const { modelOf = () => "m", deadlineMs = longerThanAnyQueueMs } = scene
  const clock = virtualClock()
  const random = seededRandom(seed)
  const casts = Object.entries(endpoints)
  const houses = new Map(
    casts.map(([id, { provider }]) => [hostOf(id), { provider, chances: chancesOf(random, id) }]),
  )

  const fetch: Fetch = async (url, { headers, body, signal }) => {
    const { hostname, pathname: path } = new URL(url)
    const house = houses.get(hostname)
    if (house === undefined) throw new TypeError(`Nobody lives at ${url}.`)
    const call = Number((headers as Record<string, string>)[callHeader] ?? nobodysCall)
    const request = { path, body: body as string | undefined, signal: signal as AbortSignal }
    return house.provider({ clock, chance: house.chances(call), request })
  }

  const pipeline = assemble({
    endpoints: casts.map(([id, { provider: _, ...options }]) => ({
      id,
      baseURL: `https://${hostOf(id)}/v1`,
      ...(options.keys === undefined && { key: `sk-${id}` }),
      ...options,
    })),
    use,
    fetch,
    clock,
    random: random.stream("pipeline"),
    deadlineMs,
  })

  async function ask(call: number): Promise<Outcome> {
    const atMs = clock.now()
    const headers = { "content-type": "application/json", [callHeader]: String(call) }
    const body = JSON.stringify({ model: modelOf(call), stream, messages })
    const result = await pipeline.call({ path: "/chat/completions", method: "POST", headers, body })
    const latencyMs = clock.now() - atMs
    const reading =
      result.ok && stream ? await read(result.response) : { isAnswered: result.ok, isCutShort: false }
    const attempts = result.call.attempts.map(({ target }) => target.endpoint)
    return { atMs, ...reading, latencyMs, durationMs: clock.now() - atMs, attempts }
  }

  const outcomes = await clock.runUntil(load({ clock, random }, ask))
  await pipeline.close()
  return outcomes
}

/** Reads a stream to its end. */
async function read(response: Response): Promise<Pick<Outcome, "isAnswered" | "isCutShort">> {
  try {
    return { isAnswered: true, isCutShort: !isWhole(textOf(await response.text())) }
  } catch {
    return { isAnswered: false, isCutShort: false }
  }
}

/** The chance of each call at one endpoint, kept from its first attempt to its last. */
function chancesOf(random: Random, endpoint: string): (call: number) => Random {
  const chances = new Map<number, Random>()
  return (call) => {
    const chance = chances.get(call) ?? random.stream(endpoint, call)
    chances.set(call, chance)
    return chance
  }
}
