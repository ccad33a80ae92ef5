import { startHostileProvider } from "@bellwether/testing"
import { systemRandom } from "@bellwether/core"
import type { GatewayConfig } from "./engine/running.ts"

/** Providers of our own, and a config for them. */
export interface DemoProviders extends AsyncDisposable {
  readonly config: GatewayConfig
}

/** The troubles of the primary, again and again: for so long it is well, for so long it is not. */
const troubles = [
  { kind: "error", error: "server-error", when: { cycle: { quietMs: 35_000, activeMs: 10_000 } } },
  { kind: "latency", ms: 900, when: { cycle: { quietMs: 70_000, activeMs: 10_000 } } },
  {
    kind: "error",
    error: "rate-limited",
    retryAfter: { as: "seconds", ms: 5_000 },
    when: { key: "sk-demo-1", cycle: { quietMs: 50_000, activeMs: 5_000 } },
  },
  { kind: "stream-cut", afterContent: 0, ending: "close", when: { stream: true, probability: 0.05 } },
] as const

/** Starts providers on loopback that fail now and then, so that a gateway can be tried without any key. */
export async function startDemoProviders(): Promise<DemoProviders> {
  const manners = { latencyMs: 60, tokensPerSecond: 200 }
  const [primary, backup] = await Promise.all([
    startHostileProvider({ ...manners, keys: ["sk-demo-1", "sk-demo-2"], seed: "primary", faults: troubles }),
    startHostileProvider({ ...manners, keys: ["sk-demo-3"], seed: "backup", latencyMs: 120 }),
  ])
  return {
    config: {
      options: {
        endpoints: [
          {
            id: "primary",
            baseURL: primary.baseURL,
            keys: ["sk-demo-1", "sk-demo-2"],
            price: { input: 2.5, output: 10 },
          },
          { id: "backup", baseURL: backup.baseURL, key: "sk-demo-3", price: { input: 1, output: 4 } },
        ],
        timeout: { headersMs: 2_000, firstContentMs: 2_000, idleMs: 2_000, answerMs: 5_000 },
        circuitBreaker: { openMs: 2_000, maxOpenMs: 10_000 },
        health: { probe: { intervalMs: 5_000 } },
        cost: true,
      },
      // Nobody else has to know it, and it is over with the demo.
      gateway: { status: { token: systemRandom.id() } },
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.close(), backup.close()])
    },
  }
}
