import type { Call, CallEnding, Target } from "@bellwether/core"
import type { Attributes } from "@opentelemetry/api"
import { knownProvider, serverOf, spokenBy } from "./server.ts"
import type { Server } from "./server.ts"

/** Knows the servers behind targets, from the requests that went there. */
export class Servers {
  readonly #named: Readonly<Record<string, string>>
  readonly #known = new Map<string, Server | undefined>()

  /** @param named providers by the ids of endpoints */
  constructor(named: Readonly<Record<string, string>>) {
    this.#named = named
  }

  learn({ endpoint }: Target, url: string): void {
    if (!this.#known.has(endpoint)) this.#known.set(endpoint, serverOf(url))
  }

  /** Attributes that tell who a target is; without a target, whose API is spoken. */
  describe(target: Target | undefined, { operation }: Call): Attributes {
    const named = target && this.#named[target.endpoint]
    const server = target && this.#known.get(target.endpoint)
    const provider = named ?? (server && knownProvider(server.address)) ?? spokenBy(operation)
    if (server === undefined) return { "gen_ai.provider.name": provider }
    const { address, port } = server
    return { "gen_ai.provider.name": provider, "server.address": address, "server.port": port }
  }
}

/** Who answered a call in the end, or else who was asked last. */
export function lastAsked({ attempts }: CallEnding): Target | undefined {
  const last = attempts.findLast(({ ending }) => ending.failure === undefined) ?? attempts.at(-1)
  return last?.attempt.target
}
