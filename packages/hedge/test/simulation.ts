import { createPipeline, seededRandom } from "@bellwether/core"
import type { Plugin, Random } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"

/** How long a request takes to its first content, in milliseconds. */
export type Latency = (random: Random, atMs: number) => number

/** A number of the standard normal distribution (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

/** The latencies of the measurements: log-normal around 600 ms, three in a hundred eight times as long. */
export const stragglers = (random: Random): number =>
  600 * Math.exp(0.35 * normal(random)) * (random.next() < 0.03 ? 8 : 1)

/** What there was to see of a run, in the order of the calls. */
export interface Run {
  readonly firstContentMs: readonly number[]
  /** How many requests each call has made. */
  readonly requests: readonly number[]
}

/** What is simulated. */
export interface Simulation {
  readonly use: readonly Plugin[]
  readonly calls: number
  readonly latency?: Latency
}

const headers = { "content-type": "text/event-stream" }
const answer =
  'data: {"choices":[{"index":0,"delta":{"content":"Yes"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
const body = JSON.stringify({ model: "gpt-4o", stream: true, messages: [] })

/** A call every so often. */
export const gapMs = 100

/** What a provider makes of a call: the same in every run, whatever else was asked. */
const lotOf = (provider: string, call: string | number, latency: Latency, atMs: number): number =>
  latency(seededRandom("stragglers").stream(provider, String(call)), atMs)

/** The first contents of calls that go to the first provider alone, in milliseconds. */
export const bare = ({ calls, latency = stragglers }: Omit<Simulation, "use">): readonly number[] =>
  Array.from({ length: calls }, (_, call) => lotOf("a.test", call, latency, call * gapMs))

/** Ten calls a second to two providers. */
export async function simulate({ use, calls, latency = stragglers }: Simulation): Promise<Run> {
  const clock = virtualClock()
  const requests = Array.from({ length: calls }, () => 0)
  const firstContentMs: number[] = []
  const pipeline = createPipeline({
    endpoints: ["a", "b"].map((id) => ({ id, baseURL: `https://${id}.test/v1` })),
    use,
    clock,
    random: seededRandom(1),
    async fetch(url, init) {
      const call = Number(new Headers(init.headers).get("x-call"))
      requests[call] = (requests[call] ?? 0) + 1
      await clock.sleep(lotOf(new URL(url).host, call, latency, clock.now()), init.signal ?? undefined)
      return new Response(answer, { headers })
    },
  })
  const ask = async (call: number): Promise<void> => {
    const begunAtMs = clock.now()
    const input = { path: "/chat/completions", method: "POST", headers: { "x-call": `${call}` }, body }
    const result = await pipeline.call(input)
    firstContentMs[call] = clock.now() - begunAtMs
    if (result.ok) await result.response.text()
  }
  const asked: Promise<void>[] = []
  for (let call = 0; call < calls; call++) clock.after(call * gapMs, () => asked.push(ask(call)))
  await clock.run()
  await Promise.all(asked)
  return { firstContentMs, requests }
}

/** Nearest rank. */
export const percentile = (durations: readonly number[], share: number): number =>
  durations.toSorted((a, b) => a - b)[Math.ceil(share * durations.length) - 1] ?? 0

/** Requests beyond one for each call, as a share of the calls. */
export const extraOf = (requests: readonly number[]): number =>
  requests.reduce((sum, each) => sum + each - 1, 0) / requests.length
