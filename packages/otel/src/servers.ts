import type { Call, Target } from "@bellwether/core"
import type { Attributes } from "@opentelemetry/api"
import { knownProvider, serverOf, spokenBy } from "./server.ts"
import type { Spoken } from "./server.ts"

/** Knows the servers behind targets, from the requests that went there. */
export class Servers {
  readonly #named: Readonly<Record<string, string>>
  readonly #known = new Map<string, Readonly<Record<Spoken, Attributes>>>()

  /** @param named providers by the ids of endpoints */
  constructor(named: Readonly<Record<string, string>>) {
    this.#named = named
  }

  learn({ endpoint }: Target, url: string): void {
    if (this.#known.has(endpoint)) return
    const server = serverOf(url)
    const provider = this.#named[endpoint] ?? (server && knownProvider(server.address))
    const about = (spoken: Spoken): Attributes => ({
      "gen_ai.provider.name": provider ?? spoken,
      ...(server && { "server.address": server.address, "server.port": server.port }),
    })
    this.#known.set(endpoint, { openai: about("openai"), anthropic: about("anthropic") })
  }

  /**
   * Attributes that tell who a target is; without a target, whose API is spoken. Once a request went there they are
   * always the same object.
   */
  describe(target: Target | undefined, { operation }: Call): Attributes {
    const spoken = spokenBy(operation)
    if (target === undefined) return { "gen_ai.provider.name": spoken }
    const { endpoint } = target
    return this.#known.get(endpoint)?.[spoken] ?? { "gen_ai.provider.name": this.#named[endpoint] ?? spoken }
  }
}
