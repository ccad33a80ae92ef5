import type { Ending, Lease, ResponseHeaders, Timer } from "@bellwether/core"
import type { Mark, Permit } from "./flow.ts"
import type { LiveFlow } from "./live-flow.ts"

/** The hold of an attempt on its lane. */
export class LaneLease implements Lease {
  readonly #flow: LiveFlow
  #permit: Permit
  /** Runs a change that may let others go. */
  readonly #change: (run: () => void) => void
  #mark: Mark | undefined
  #isAnswered = false
  #trial: Timer | undefined

  constructor(flow: LiveFlow, permit: Permit, change: (run: () => void) => void) {
    this.#flow = flow
    this.#permit = permit
    this.#change = change
  }

  /** A throttle comes at once or not at all: who has not had one by then stands in nobody's way. */
  tryUntil(after: (run: () => void) => Timer): void {
    this.#trial = after(() => this.#change(() => (this.#permit = this.#flow.presume(this.#permit))))
  }

  /** The headers of the response have come. */
  readonly heard = (): Mark => (this.#mark ??= this.#flow.heard(this.#permit))

  /** What they say. */
  learn(headers: ResponseHeaders): void {
    this.#change(() => this.#flow.learn(headers, this.heard(), this.#permit))
  }

  committed(): void {
    this.#isAnswered = true
    if (this.#flow.isUncounted(this.#permit)) return
    this.#trial?.cancel()
    this.#change(() => {
      this.heard()
      this.#flow.answered(this.#permit)
    })
  }

  end(ending: Ending): void {
    const failureClass = ending.failure?.class
    if (failureClass === "rate-limited") this.#flow.wake()
    if (this.#flow.isUncounted(this.#permit)) return this.#flow.undo(this.#permit)
    this.#trial?.cancel()
    this.#change(() => {
      if (failureClass === "target-refused") this.#flow.undo(this.#permit)
      else this.#flow.end(this.#permit, ending, this.#isAnswered, this.heard())
    })
  }
}
