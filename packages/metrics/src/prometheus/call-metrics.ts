import type { CallCell } from "../call-cell.ts"
import { byOutcome, counter, gauge, spread } from "./definition.ts"
import type { Definition, Row } from "./definition.ts"
import { seconds } from "./histogram.ts"

/** The calls for one model. */
export interface CallRow extends Row {
  readonly cell: CallCell
  readonly inFlight: number
}

/** What is told of calls. */
export const callMetrics: readonly Definition<CallRow>[] = [
  counter(
    "bellwether_calls_total",
    "Calls that are over, by outcome: success, or the class of the failure.",
    ({ cell }) => byOutcome(cell.outcomes),
  ),
  gauge("bellwether_calls_in_flight", "Calls that are under way.", ({ inFlight }) => inFlight),
  spread(
    "bellwether_call_duration_seconds",
    "Time from the start of a call to the end of its answer, of successful ones.",
    seconds,
    ({ cell }) => cell.outcomes.durationMs,
  ),
  spread(
    "bellwether_call_first_content_seconds",
    "Time from the start of a call to the first content of its answer, of successful streams.",
    seconds,
    ({ cell }) => cell.outcomes.firstContentMs,
  ),
  spread(
    "bellwether_call_wait_seconds",
    "Time that calls waited for a target to be available, also in line.",
    seconds,
    ({ cell }) => cell.waitMs,
  ),
]
