import { setTimeout as sleep } from "node:timers/promises"
import { AttemptStarted } from "@bellwether/core"
import { resume } from "@bellwether/resume"
import { bellwether } from "bellwether"
import { withPipeline } from "bellwether/openai"
import OpenAI from "openai"
import { drive } from "./load.ts"
import { startProviders } from "./providers.ts"
import type { Providers } from "./providers.ts"
import { report } from "./report.ts"
import { durationMs, phaseAt, phases, primaryKeys } from "./scenario.ts"
import { show } from "./show.ts"
import { Ledger } from "./tally.ts"

const model = "gpt-4o"
const callsPerSecond = 20

/** Half a minute of outage, with Bellwether and without; resolves to the exit code. */
export async function outage(signal: AbortSignal): Promise<number> {
  await using providers = await startProviders()
  const { primary, fallback, primaryOfBare } = providers
  await using pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, keys: [...primaryKeys] },
      { id: "fallback", baseURL: fallback.baseURL, key: "sk-fallback" },
    ],
    // Everything is faster than in life, so that half a minute is enough to see it.
    timeout: { headersMs: 1_200, firstContentMs: 1_200, idleMs: 1_200, answerMs: 1_500 },
    circuitBreaker: { openMs: 700, maxOpenMs: 2_000 },
    use: [resume()],
  })
  let failovers = 0
  pipeline.on(AttemptStarted, ({ attempt }) => {
    const before = attempt.call.attempts.at(-2)
    if (before !== undefined && before.target.id !== attempt.target.id) failovers += 1
  })

  const wrapped = new Ledger()
  const bare = new Ledger()
  const load = { model, durationMs, callsPerSecond, phaseAt, signal }
  const scene = show({
    pipeline,
    model,
    durationMs,
    ledgers: { "with Bellwether": wrapped, "the bare SDK": bare },
    headline: (elapsedMs) =>
      elapsedMs < durationMs
        ? `the primary is ${phases[phaseAt(elapsedMs)]?.name}`
        : "waiting for the last calls",
    failovers: () => failovers,
  })
  await Promise.all([
    play(providers, signal),
    drive({ ...load, ledger: wrapped, client: new OpenAI(withPipeline(pipeline)) }),
    drive({
      ...load,
      ledger: bare,
      client: new OpenAI({ baseURL: primaryOfBare.baseURL, apiKey: primaryKeys[0], timeout: 10_000 }),
    }),
  ])
  scene.stop()

  const { calls, answered, lost } = wrapped.total()
  console.log(`\n${report(wrapped, bare)}\n`)
  console.log(`demo: ${calls} calls, ${answered} answered, ${lost} lost`)
  return lost === 0 && calls > 0 ? 0 : 1
}

/** Lets the primary go through all phases. */
async function play(providers: Providers, signal: AbortSignal): Promise<void> {
  for (const { faults, seconds } of phases) {
    providers.breakPrimary(faults)
    await sleep(seconds * 1_000, undefined, { signal }).catch(() => {})
  }
}
