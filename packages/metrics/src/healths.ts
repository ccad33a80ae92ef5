import type { Scope, Services, Target } from "@bellwether/core"
import { HealthChanged, ProbeEnded } from "./heard-events.ts"
import type { HealthState } from "./heard-events.ts"

const gravity: Readonly<Record<HealthState, number>> = { healthy: 0, degraded: 1, unhealthy: 2 }

const nameOf = ({ endpoint, key }: Omit<Scope, "model">): string => JSON.stringify([endpoint, key])

/** How healthy targets are, as far as it is heard. What is said of single models is left to the board. */
export class Healths {
  /** Endpoints and single keys. */
  readonly #states: Map<string, HealthState>
  readonly #names: ReadonlySet<string>

  constructor({ targets, renewed, kept, on }: Pick<Services, "targets" | "renewed" | "kept" | "on">) {
    this.#states = kept("healths", () => new Map<string, HealthState>())
    for (const target of renewed) this.#states.delete(nameOf(target))
    this.#names = new Set(
      targets.flatMap((target) => [nameOf({ endpoint: target.endpoint }), nameOf(target)]),
    )
    on(HealthChanged, ({ scope, to }) => {
      if (scope.model === undefined) this.#hear(nameOf(scope), to)
    })
    on(ProbeEnded, ({ target }) => {
      const name = nameOf(target)
      this.#hear(name, this.#states.get(name) ?? "healthy")
    })
  }

  /** The worse of what is said of its endpoint and of its key; `undefined` while nothing is. */
  of(target: Target): HealthState | undefined {
    const ofEndpoint = this.#states.get(nameOf({ endpoint: target.endpoint }))
    const ofKey = this.#states.get(nameOf(target))
    if (ofEndpoint === undefined || ofKey === undefined) return ofEndpoint ?? ofKey
    return gravity[ofEndpoint] > gravity[ofKey] ? ofEndpoint : ofKey
  }

  #hear(name: string, state: HealthState): void {
    if (this.#names.has(name)) this.#states.set(name, state)
  }
}
