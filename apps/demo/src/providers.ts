import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule, HostileProvider } from "@bellwether/testing"
import { primaryKeys } from "./scenario.ts"

/** The servers of the demo. */
export interface Providers extends AsyncDisposable {
  readonly primary: HostileProvider
  readonly fallback: HostileProvider
  /** Breaks the same as the primary, under the same load, for the client without Bellwether. */
  readonly primaryOfBare: HostileProvider
  /** Takes all faults back and puts these on. */
  breakPrimary(faults: readonly FaultRule[]): void
}

/** Starts three providers on loopback. */
export async function startProviders(): Promise<Providers> {
  const manners = {
    latencyMs: 40,
    tokensPerSecond: 400,
    answer: () => "Follow the bell, it knows the way home.",
  }
  const [primary, fallback, primaryOfBare] = await Promise.all([
    startHostileProvider({ ...manners, keys: primaryKeys, seed: "primary" }),
    startHostileProvider({ ...manners, keys: ["sk-fallback"], latencyMs: 80, seed: "fallback" }),
    startHostileProvider({ ...manners, keys: primaryKeys, seed: "primary" }),
  ])
  return {
    primary,
    fallback,
    primaryOfBare,
    breakPrimary(faults) {
      for (const provider of [primary, primaryOfBare]) {
        provider.clear()
        for (const fault of faults) provider.inject(fault)
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.close(), fallback.close(), primaryOfBare.close()])
    },
  }
}
