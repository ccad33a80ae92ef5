import { withPipeline } from "@bellwether/openai"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider, KeyLimits } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions } from "bellwether"
import { OpenAI } from "openai"
import { scaledClock } from "../support/scaled-clock.ts"

/** A real provider whose key is limited, and the official client over the preset. Time goes thirty times faster. */
export interface Stage extends AsyncDisposable {
  readonly provider: HostileProvider
  readonly pipeline: Bellwether
  readonly client: OpenAI
}

export async function setUp(limits: KeyLimits, options?: Partial<BellwetherOptions>): Promise<Stage> {
  const clock = scaledClock(30)
  const provider = await startHostileProvider({ keys: ["sk-1"], limits, clock, latencyMs: 15_000 })
  const pipeline = bellwether({
    endpoints: [{ id: "alpha", baseURL: provider.baseURL, key: "sk-1" }],
    clock,
    ...options,
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
