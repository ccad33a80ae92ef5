import type { IncomingMessage, ServerResponse } from "node:http"
import type { Clock } from "@bellwether/core"
import type { Caller } from "../callers/callers.ts"
import type { Running } from "../engine/running.ts"

/** One request of a caller, on its way through. */
export interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** What was running when it came; a reload does not change it. */
  readonly running: Running
  readonly clock: Clock
  /** Absent where anyone may call. */
  readonly caller: Caller | undefined
}
