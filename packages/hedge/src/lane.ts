import { defineKey } from "@bellwether/core"
import type { Answer, Attempt, Branch, Context, Key } from "@bellwether/core"

/** From a lane to the attempts inside: tells that one has begun. */
export const Began: Key<(attempt: Attempt) => void> = defineKey<(attempt: Attempt) => void>(
  "hedge-began",
  () => {},
)

/** One way of a call to its first content, which can be given up alone. */
export class Lane {
  readonly answer: Promise<Answer>
  /** The attempt that was made in it, as soon as there is one. */
  attempt: Attempt | undefined
  readonly #branch: Branch

  constructor(
    branch: Branch,
    enter: (context: Context) => Promise<Answer>,
    began: (attempt: Attempt) => void,
  ) {
    this.#branch = branch
    this.answer = enter(
      branch.context.with(Began, (attempt) => {
        this.attempt = attempt
        began(attempt)
      }),
    )
  }

  giveUp(): void {
    this.#branch.cancel("superseded")
  }
}
