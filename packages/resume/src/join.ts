import type { StreamEvent } from "@bellwether/core"
import type { Grammar, Usage } from "@bellwether/wire"
import { ChatJoin } from "./chat-join.ts"
import { MessagesJoin } from "./messages-join.ts"
import type { How } from "./options.ts"
import { ResponsesJoin } from "./responses-join.ts"

/** What becomes of an event of a continuation. */
export type Fit = (event: StreamEvent) => StreamEvent | "drop" | "diverged"

/** Makes one stream of several, in the way of one grammar. */
export interface Join {
  /** The plain text the caller has. */
  readonly text: string
  /** Whether that is all the caller has: what else was delivered cannot be gone on with. */
  readonly onlyText: boolean
  delivered(event: StreamEvent): void
  /**
   * How the events of a continuation are fitted to what was delivered.
   *
   * @param spent what the attempts before have used, to be told with the rest
   */
  fit(how: How, spent: Usage): Fit
}

/** The join of a grammar's streams. */
export function createJoin(grammar: Grammar): Join {
  switch (grammar) {
    case "chat":
      return new ChatJoin()
    case "messages":
      return new MessagesJoin()
    case "responses":
      return new ResponsesJoin()
  }
}
