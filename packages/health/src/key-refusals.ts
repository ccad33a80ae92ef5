import { Parks } from "@bellwether/core"
import type { Services, Target } from "@bellwether/core"
import type { FailureClass } from "@bellwether/wire"
import type { ProbeResult } from "./probe-result.ts"

/**
 * Knows whose keys probes were refused with, and has the key back in use when the same question is answered. A probe
 * that was never refused shows nothing: many a list of models is there for everybody, and for a key without a balance.
 */
export class KeyRefusals {
  readonly #services: Pick<Services, "use">
  /** What the key was refused for, by the target's id, and the model that was asked for, if one was. */
  readonly #refused = new Map<string, { readonly cause: FailureClass; readonly model: string | undefined }>()

  constructor(services: Pick<Services, "use">) {
    this.#services = services
  }

  learn(target: Target, { health, kind, model }: ProbeResult): void {
    if (health === "key-failure") {
      const cause = kind === "quota-exhausted" ? kind : "credential"
      this.#refused.set(target.id, { cause, model })
    }
    if (health !== "success") return
    const refused = this.#refused.get(target.id)
    // Whoever writes an answer takes the key, and has a balance.
    if (model !== undefined) this.#lift(target, "credential", "quota-exhausted")
    else if (refused !== undefined && refused.model === undefined) this.#lift(target, refused.cause)
  }

  #lift(target: Target, ...causes: readonly FailureClass[]): void {
    this.#refused.delete(target.id)
    for (const cause of causes)
      this.#services.use(Parks)().lift(target, cause, "a probe with the key was answered")
  }
}
