import type { Call, CallEnding, Target } from "@bellwether/core"
import type { Attributes } from "@opentelemetry/api"
import { knownProvider, serverOf, spokenBy } from "./server.ts"

/** What is known of an endpoint from the first request that went there. */
interface Known {
  readonly provider: string | undefined
  readonly server: Attributes
}

/** Knows the servers behind targets, from the requests that went there. */
export class Servers {
  readonly #named: Readonly<Record<string, string>>
  readonly #known = new Map<string, Known>()

  /** @param named providers by the ids of endpoints */
  constructor(named: Readonly<Record<string, string>>) {
    this.#named = named
  }

  learn({ endpoint }: Target, url: string): void {
    if (this.#known.has(endpoint)) return
    const server = serverOf(url)
    this.#known.set(endpoint, {
      provider: server && knownProvider(server.address),
      server: server === undefined ? {} : { "server.address": server.address, "server.port": server.port },
    })
  }

  /** Attributes that tell who a target is; without a target, whose API is spoken. */
  describe(target: Target | undefined, { operation }: Call): Attributes {
    if (target === undefined) return { "gen_ai.provider.name": spokenBy(operation) }
    const known = this.#known.get(target.endpoint)
    const provider = this.#named[target.endpoint] ?? known?.provider ?? spokenBy(operation)
    return { "gen_ai.provider.name": provider, ...known?.server }
  }
}

/** Who answered a call in the end, or else who was asked last. */
export function lastAsked({ attempts }: CallEnding): Target | undefined {
  const last = attempts.findLast(({ ending }) => ending.failure === undefined) ?? attempts.at(-1)
  return last?.attempt.target
}
