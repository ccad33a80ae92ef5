import { createPipeline } from "@bellwether/core"
import type { EndpointOptions, Fetch, Plugin, Random } from "@bellwether/core"
import { seededRandom, virtualClock } from "@bellwether/testing"
import type { Load } from "./load.ts"
import type { Outcome } from "./outcome.ts"
import type { Provider } from "./provider.ts"

/** An endpoint of a scene. */
export interface Cast extends Partial<Omit<EndpointOptions, "id" | "baseURL" | "provider">> {
  readonly provider: Provider
}

/** What is played: callers, a pipeline, providers. */
export interface Scene {
  readonly endpoints: Readonly<Record<string, Cast>>
  readonly use: readonly Plugin[]
  readonly load: Load
  /** @default false */
  readonly stream?: boolean
  /** @default 1 */
  readonly seed?: number
}

const hostOf = (id: string): string => `${id}.test`

const longerThanAnyQueueMs = 86_400_000

/** Tells the providers which call an attempt belongs to. */
const callHeader = "x-call"

/** Plays a scene through the real pipeline in virtual time. The same scene with the same seed always ends alike. */
export async function play(scene: Scene): Promise<readonly Outcome[]> {
  const { endpoints, use, load, stream = false, seed = 1 } = scene
  const clock = virtualClock()
  const random = seededRandom(seed)
  const casts = Object.entries(endpoints)
  const houses = new Map(
    casts.map(([id, { provider }]) => [hostOf(id), { provider, chances: chancesOf(random, id) }]),
  )

  const fetch: Fetch = async (url, { headers }) => {
    const house = houses.get(new URL(url).hostname)
    if (house === undefined) throw new TypeError(`Nobody lives at ${url}.`)
    const call = Number((headers as Record<string, string>)[callHeader])
    return house.provider({ clock, chance: house.chances(call) })
  }

  const pipeline = createPipeline({
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
    deadlineMs: longerThanAnyQueueMs,
  })
  const body = JSON.stringify({ model: "m", stream, messages: [{ role: "user", content: "Where to?" }] })

  async function ask(call: number): Promise<Outcome> {
    const atMs = clock.now()
    const headers = { "content-type": "application/json", [callHeader]: String(call) }
    const result = await pipeline.call({ path: "/chat/completions", method: "POST", headers, body })
    const latencyMs = clock.now() - atMs
    if (result.ok && stream) await result.response.text()
    const attempts = result.call.attempts.map(({ target }) => target.endpoint)
    return { atMs, isAnswered: result.ok, latencyMs, attempts }
  }

  const outcomes = await clock.runUntil(load({ clock, random }, ask))
  await pipeline.close()
  return outcomes
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
