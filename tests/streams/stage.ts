import { AttemptEnded } from "@bellwether/core"
import type { Ending, Random } from "@bellwether/core"
import { seededRandom, startHostileProvider } from "@bellwether/testing"
import type { Fault, HostileProvider } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions } from "bellwether"
import { models } from "./clients.ts"
import type { Client } from "./clients.ts"

/** Characters of one to four bytes, so that chunks cut them apart. */
export const says = "Die Glocke führt – 群れは鐘に従う 🔔 und niemand geht verloren."

/** Chance by which whoever moves on does so without a pause. */
const hasty: Random = { ...seededRandom(1), next: () => 0, stream: () => hasty }

/** Two real providers on loopback and a pipeline over them. */
export interface Stage extends AsyncDisposable {
  readonly primary: HostileProvider
  readonly fallback: HostileProvider
  readonly pipeline: Bellwether
  /** How the primary's attempts ended. */
  readonly endings: readonly Ending[]
}

/** How the pipeline and its providers are set up. */
export interface StageOptions extends Partial<BellwetherOptions> {
  /** What both providers say. @default {@link says} */
  readonly text?: string
  /** What is wrong with the fallback. @default nothing */
  readonly fallbackFault?: Fault
}

/** Sets everything up for a client; it ends with the test that owns it. */
export async function setUp(
  { provider }: Pick<Client, "provider">,
  fault: Fault,
  { text = says, fallbackFault = { kind: "latency" }, ...options }: StageOptions = {},
): Promise<Stage> {
  const answer = (): string => text
  const primary = await startHostileProvider({ models, answer, faults: [fault] })
  const fallback = await startHostileProvider({ models, answer, faults: [fallbackFault] })
  const pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-primary", provider },
      { id: "fallback", baseURL: fallback.baseURL, key: "sk-fallback", provider },
    ],
    retry: { backoff: () => 1 },
    // Every stream is to be asked of the primary, however many it has cut.
    health: false,
    random: hasty,
    ...options,
  })
  const endings: Ending[] = []
  pipeline.on(AttemptEnded, ({ attempt, ending }) => {
    if (attempt.target.endpoint === "primary") endings.push(ending)
  })
  return {
    primary,
    fallback,
    pipeline,
    endings,
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await Promise.all([primary.close(), fallback.close()])
    },
  }
}
