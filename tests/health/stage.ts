import { circuitBreaker } from "@bellwether/circuit-breaker"
import { createPipeline } from "@bellwether/core"
import type { CallResult, EventType, Pipeline } from "@bellwether/core"
import { health } from "@bellwether/health"
import type { Health, ProbeOptions } from "@bellwether/health"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider, HostileProviderOptions } from "@bellwether/testing"
import { timeout } from "@bellwether/timeout"

/** Two real providers on loopback, and health in the middle of the plugins it is made for, in small times. */
export interface Stage extends AsyncDisposable {
  readonly primary: HostileProvider
  readonly backup: HostileProvider
  readonly pipeline: Pipeline
  readonly health: Health
  /** The endpoint that answers a chat, or the failure. */
  ask(): Promise<string>
  /** Asks until it is this endpoint that answers; nothing may be lost meanwhile. */
  askUntil(endpoint: string): Promise<void>
  /** Waits for an event that is the one. */
  heard<T>(type: EventType<T>, isIt: (data: T) => boolean): Promise<T>
}

/** What a test wants otherwise. */
export interface StageOptions {
  readonly primary?: HostileProviderOptions
  readonly keys?: readonly string[]
  readonly probe?: ProbeOptions
}

export async function setUp(options: StageOptions = {}): Promise<Stage> {
  const primary = await startHostileProvider(options.primary ?? {})
  const backup = await startHostileProvider()
  const healthy = health({
    probe: { intervalMs: 40, timeoutMs: 2_000, ...options.probe },
    ejectMs: 20,
    maxEjectMs: 40,
  })
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, keys: options.keys ?? ["sk-primary"] },
      { id: "backup", baseURL: backup.baseURL, key: "sk-backup" },
    ],
    use: [
      retry({ backoff: () => 1 }),
      router(),
      circuitBreaker({ openMs: 20, maxOpenMs: 40 }),
      timeout(),
      healthy,
    ],
  })
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] })
  const ask: Stage["ask"] = async () =>
    told(await pipeline.call({ path: "/chat/completions", method: "POST", body }))
  return {
    primary,
    backup,
    pipeline,
    health: healthy,
    ask,
    async askUntil(endpoint) {
      for (;;) {
        const answerer = await ask()
        if (answerer === endpoint) return
        if (!["primary", "backup"].includes(answerer)) throw new Error(`A call was lost: ${answerer}.`)
      }
    },
    heard: (type, isIt) =>
      new Promise((resolve) => {
        const off = pipeline.on(type, (data) => {
          if (!isIt(data)) return
          off()
          resolve(data)
        })
      }),
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await Promise.all([primary.close(), backup.close()])
    },
  }
}

async function told(result: CallResult): Promise<string> {
  if (!result.ok) return result.failure.message
  await result.response.text()
  return result.call.attempts.at(-1)?.target.endpoint ?? "nobody"
}
