import { createGateway } from "@bellwether/gateway"
import type { Gateway, GatewayConfig, LogFields } from "@bellwether/gateway"
import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule, HostileProvider, HostileProviderOptions } from "@bellwether/testing"
import type { BellwetherOptions, EndpointOptions } from "bellwether"

/** Two real providers on loopback, and a gateway in front of them. */
export interface Stage extends AsyncDisposable {
  readonly primary: HostileProvider
  readonly backup: HostileProvider
  readonly gateway: Gateway
  readonly config: GatewayConfig
  /** Such as `http://127.0.0.1:50123`. */
  readonly origin: string
  /** What SDKs are given. */
  readonly baseURL: string
  /** Everything that was logged. */
  readonly lines: readonly (LogFields & { readonly level: string; readonly words: string })[]
}

/** What a test wants otherwise. */
export interface StageOptions {
  /** What is wrong with the primary. */
  readonly faults?: readonly FaultRule[]
  readonly providers?: HostileProviderOptions
  readonly provider?: EndpointOptions["provider"]
  readonly options?: Partial<BellwetherOptions>
  readonly gateway?: GatewayConfig["gateway"]
}

/** Sets everything up; it ends with the test that owns it. */
export async function setUp(given: StageOptions = {}): Promise<Stage> {
  const { faults = [], providers, provider = "openai", options, gateway: settings } = given
  const primary = await startHostileProvider({ seed: "same", ...providers, keys: ["sk-primary"], faults })
  const backup = await startHostileProvider({ seed: "same", ...providers, keys: ["sk-backup"] })
  const config: GatewayConfig = {
    options: {
      endpoints: [
        { id: "primary", baseURL: primary.baseURL, key: "sk-primary", provider },
        { id: "backup", baseURL: backup.baseURL, key: "sk-backup", provider },
      ],
      retry: { backoff: () => 1, patienceMs: 0, soloPatienceMs: 0 },
      router: { patienceMs: 0, soloPatienceMs: 0 },
      health: false,
      ...options,
    },
    gateway: { port: 0, ...settings },
  }
  const lines: (LogFields & { level: string; words: string })[] = []
  const write = (level: string) => (fields: LogFields, words: string) =>
    void lines.push({ ...fields, level, words })
  const gateway = createGateway({
    config,
    log: { info: write("info"), warn: write("warn"), error: write("error") },
  })
  const { url } = await gateway.listen()
  return {
    primary,
    backup,
    gateway,
    config,
    origin: url,
    baseURL: `${url}/v1`,
    lines,
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await Promise.all([primary.close(), backup.close()])
    },
  }
}

/** A question to a model. */
export const question = {
  model: "gpt-4o",
  messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
}
