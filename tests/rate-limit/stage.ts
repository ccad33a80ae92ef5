import { withPipeline } from "@bellwether/openai"
import { rateLimit } from "@bellwether/rate-limit"
import type { RateLimitOptions } from "@bellwether/rate-limit"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { createPipeline } from "@bellwether/core"
import type { Pipeline } from "@bellwether/core"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider, KeyLimits } from "@bellwether/testing"
import { OpenAI } from "openai"
import { scaledClock } from "../support/scaled-clock.ts"

/** A real provider whose key is limited, and the official client over a pipeline. Time goes a hundred times faster. */
export interface Stage extends AsyncDisposable {
  readonly provider: HostileProvider
  readonly pipeline: Pipeline
  readonly client: OpenAI
}

export async function setUp(limits: KeyLimits, options?: RateLimitOptions): Promise<Stage> {
  const clock = scaledClock(100)
  const provider = await startHostileProvider({ keys: ["sk-1"], limits, clock, latencyMs: 200 })
  const pipeline = createPipeline({
    endpoints: [{ id: "alpha", baseURL: provider.baseURL, key: "sk-1" }],
    use: [retry(), router(), rateLimit(options)],
    clock,
  })
  return {
    provider,
    pipeline,
    client: new OpenAI(withPipeline(pipeline)),
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await provider.close()
    },
  }
}

/** Workers who share so many calls; how many each got answered. What fails is thrown. */
export async function workThrough(
  calls: number,
  workers: number,
  ask: () => Promise<unknown>,
): Promise<readonly number[]> {
  let begun = 0
  const work = async (): Promise<number> => {
    let answered = 0
    for (; begun < calls; answered++) {
      begun++
      await ask()
    }
    return answered
  }
  return Promise.all(Array.from({ length: workers }, work))
}

/** How often the provider said "too many requests". */
export const throttles = ({ requests }: HostileProvider): number =>
  requests.filter(({ status }) => status === 429).length
