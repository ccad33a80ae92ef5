import { configPlace, startGateway } from "../gateway/gateway-process.ts"
import type { ConfigPlace, GatewayProcess } from "../gateway/gateway-process.ts"
import { startMortalProvider } from "./mortal-provider.ts"
import type { MortalProvider } from "./mortal-provider.ts"

/** As a small container gives it: with more, the collector lets garbage grow. */
const smallHeap = ["--max-old-space-size=96", "--max-semi-space-size=4"]
const heapTeller = `--import=${new URL("heap-teller.ts", import.meta.url).href}`

/** A gateway between callers and two providers, all in processes of their own, as they are in earnest. */
export interface GatewayStage extends AsyncDisposable {
  readonly primary: MortalProvider
  readonly running: GatewayProcess
  readonly place: ConfigPlace
  /** The one it begins with, and what may take its place in turn. */
  readonly configs: readonly object[]
  /** What SDKs are given. */
  readonly baseURL: string
  /** Bytes that are in use in the gateway once everything that nobody holds is gone. */
  heapBytes(): Promise<number>
}

/** Starts them all. */
export async function setUpGateway(tokensPerSecond: number): Promise<GatewayStage> {
  const resources = new AsyncDisposableStack()
  const place = resources.use(await configPlace())
  const primary = resources.use(await startMortalProvider({ keys: ["sk-1", "sk-2"], tokensPerSecond }))
  const backup = resources.use(await startMortalProvider({ keys: ["sk-3"], tokensPerSecond }))
  const primaryWith = (key: string) => ({ id: "primary", baseURL: primary.baseURL, key })
  const spare = { id: "backup", baseURL: backup.baseURL, key: "sk-3" }
  const gateway = { port: 0 }
  /** Each is taken over from the one before: another key, the endpoint in use gone, and there again. */
  const configs = [
    { gateway, endpoints: [primaryWith("sk-1"), spare] },
    { gateway, endpoints: [primaryWith("sk-2"), spare] },
    { gateway, endpoints: [spare] },
  ]
  await place.write(configs[0] ?? {})
  const running = resources.use(await startGateway([], place.directory, [...smallHeap, heapTeller]))
  return {
    place,
    primary,
    configs,
    running,
    baseURL: `${running.url}/v1`,
    async heapBytes() {
      running.child.kill("SIGUSR2")
      const { usedBytes } = await running.said("heap")
      return Number(usedBytes)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
