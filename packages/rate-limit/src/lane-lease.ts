import type { Ending, Lease } from "@bellwether/core"
import type { Mark, Permit } from "./flow.ts"
import type { LiveFlow } from "./live-flow.ts"

/** The hold of an attempt on its lane. */
export class LaneLease implements Lease {
  readonly #flow: LiveFlow
  readonly #permit: Permit
  /** Runs a change that may let others go. */
  readonly #change: (run: () => void) => void
  #mark: Mark | undefined
  #isAnswered = false

  constructor(flow: LiveFlow, permit: Permit, change: (run: () => void) => void) {
    this.#flow = flow
    this.#permit = permit
    this.#change = change
  }

  /** The headers of the response have come. */
  readonly heard = (): Mark => (this.#mark ??= this.#flow.heard(this.#permit))

  /** What they say. */
  learn(headers: Headers): void {
    this.#change(() => this.#flow.learn(headers, this.heard()))
  }

  committed(): void {
    this.#isAnswered = true
    this.#change(() => {
      this.heard()
      this.#flow.answered(this.#permit)
    })
  }

  end(ending: Ending): void {
    this.#change(() => {
      if (ending.failure?.class === "target-refused") this.#flow.undo(this.#permit)
      else this.#flow.end(this.#permit, ending, this.#isAnswered, this.heard())
    })
  }
}
