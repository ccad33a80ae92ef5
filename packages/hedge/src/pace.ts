import type { Attempt, Clock } from "@bellwether/core"
import { Allowance } from "./allowance.ts"
import type { Savings } from "./allowance.ts"
import { createDelay } from "./delay.ts"
import type { Delay, RecentContents } from "./delay.ts"
import type { Rules } from "./options.ts"

/** What is remembered of a model. All pipelines of a state have the same. */
export interface PaceMemory extends RecentContents {
  readonly saved: Savings
}

/** How fast a model is, and what its calls have earned. */
export class Pace {
  readonly allowance: Allowance
  readonly #delay: Delay
  readonly #clock: Clock

  constructor(rules: Rules, clock: Clock, memory: PaceMemory) {
    this.allowance = new Allowance(rules.maxExtra, memory.saved)
    this.#delay = createDelay(rules, clock, memory)
    this.#clock = clock
  }

  /**
   * Watches an attempt, learns from it, and tells when it is late. Hedges are not for watching: of them only the fast
   * ones reach their content.
   */
  watch(attempt: Attempt, tellLate: (attempt: Attempt) => void): void {
    if (attempt.number === 1) this.allowance.earn()
    const delayMs = this.#delay.ms
    let isLate = false
    const timer =
      delayMs === undefined
        ? undefined
        : this.#clock.after(delayMs, () => {
            isLate = true
            tellLate(attempt)
          })
    attempt.observe({
      content: () => {
        timer?.cancel()
        this.#delay.learn(this.#clock.now() - attempt.startedAtMs)
      },
      end: ({ firstContentMs, durationMs }) => {
        timer?.cancel()
        // It would have taken longer still. What failed early tells nothing of how fast answers are.
        if (isLate && firstContentMs === undefined) this.#delay.learn(durationMs)
      },
    })
  }

  inspect(): { readonly delayMs: number | null; readonly hedgesLeft: number } {
    const { ms } = this.#delay
    return { delayMs: ms === undefined ? null : Math.round(ms), hedgesLeft: this.allowance.left }
  }
}
