import { createPipeline } from "@bellwether/core"
import { metrics } from "@bellwether/metrics"
import { virtualClock } from "@bellwether/testing"
import { usedBytes } from "../soak/memory.ts"

/** What is left after many calls for many models. */
export interface Left {
  /** Bytes that were used more at the end than after a fortieth of the calls. */
  readonly grownBytes: number
  /** Models that are told apart. */
  readonly models: number
  readonly calls: number
  readonly prometheusLines: number
}

/** Makes calls, each for another model until all have been asked for, over a day of virtual time. */
export async function askForManyModels({ calls, models }: { calls: number; models: number }): Promise<Left> {
  const clock = virtualClock()
  const stats = metrics()
  const endpoints = ["a", "b"].map((id) => ({ id, baseURL: `https://${id}.test/v1` }))
  const answer = new Response(null, { status: 204 })
  const pipeline = createPipeline({ endpoints, use: [stats], clock, fetch: async () => answer })
  const ask = async (from: number, to: number): Promise<number> => {
    for (let call = from; call < to; call++) {
      const body = JSON.stringify({ model: `model-${call % models}` })
      await pipeline.call({ method: "POST", path: "/bodiless", body })
      if (call % 100 === 0) await clock.advance((100 * 86_400_000) / calls)
    }
    return usedBytes()
  }
  const warmUp = calls / 40
  const before = await ask(0, warmUp)
  const grownBytes = (await ask(warmUp, calls)) - before
  const snapshot = stats.snapshot()
  return {
    grownBytes,
    models: Object.keys(snapshot.models).length,
    calls: snapshot.total,
    prometheusLines: stats.prometheus().split("\n").length,
  }
}
