import type { AttemptCell } from "../attempt-cell.ts"
import type { CircuitState } from "../series.ts"
import { by, byOutcome, counter, gauge, oneOf, spread } from "./definition.ts"
import type { Definition, Row } from "./definition.ts"
import { seconds, speed } from "./histogram.ts"

/** The attempts on one target for one model. */
export interface AttemptRow extends Row {
  readonly cell: AttemptCell
  readonly inFlight: number
  readonly circuit: CircuitState | undefined
  /** Whether anybody knows what attempts cost. */
  readonly isCosted: boolean
}

const circuitStates: readonly CircuitState[] = ["closed", "half-open", "open"]

/** A sum, the part of it that was counted by us told apart. */
const byEstimated = (sum: number, estimated: number) =>
  by("estimated", [
    ["false", sum - estimated],
    ["true", estimated],
  ])

const usd = (nanoUsd: number): number => nanoUsd / 1e9

/** What is told of attempts. */
export const attemptMetrics: readonly Definition<AttemptRow>[] = [
  counter(
    "bellwether_attempts_total",
    "Attempts that are over, by outcome: success, or the class of the failure.",
    ({ cell }) => byOutcome(cell.outcomes),
  ),
  gauge("bellwether_attempts_in_flight", "Attempts that are under way.", ({ inFlight }) => inFlight),
  spread(
    "bellwether_attempt_duration_seconds",
    "Time from the start of an attempt to the end of its answer, of successful ones.",
    seconds,
    ({ cell }) => cell.outcomes.durationMs,
  ),
  spread(
    "bellwether_attempt_first_content_seconds",
    "Time from the start of an attempt to the first content of its answer, of successful streams.",
    seconds,
    ({ cell }) => cell.outcomes.firstContentMs,
  ),
  spread(
    "bellwether_output_tokens_per_second",
    "Output tokens by the whole time of the attempt, of successful ones; estimated where the provider did not tell.",
    speed,
    ({ cell }) => cell.tokensPerSecond,
  ),
  counter(
    "bellwether_failovers_total",
    "Attempts that came from another target in the same call, by why the attempt there failed.",
    ({ cell }) => by("reason", cell.failovers.entries()),
  ),
  counter(
    "bellwether_retries_total",
    "Attempts on a target that had failed in the same call, by why the attempt before failed.",
    ({ cell }) => by("reason", cell.retries.entries()),
  ),
  counter("bellwether_hedges_total", "Attempts beside one that was late.", ({ cell }) => cell.hedges),
  counter(
    "bellwether_panics_total",
    "Attempts on a target known to be unavailable, because all were.",
    ({ cell }) => cell.panics,
  ),
  counter(
    "bellwether_resumes_total",
    "Attempts that went on with a stream that was cut.",
    ({ cell }) => cell.resumes,
  ),
  counter(
    "bellwether_refusals_total",
    "How often a plugin said no to the target; that takes no attempt.",
    ({ cell }) => cell.refusals,
  ),
  counter(
    "bellwether_input_tokens_total",
    "Tokens of requests, the cached ones included; estimated where the provider did not tell.",
    ({ cell: { tokens } }) => byEstimated(tokens.input, tokens.estimatedInput),
  ),
  counter(
    "bellwether_output_tokens_total",
    "Tokens of answers, the reasoning included; estimated where the provider did not tell.",
    ({ cell: { tokens } }) => byEstimated(tokens.output, tokens.estimatedOutput),
  ),
  counter(
    "bellwether_cached_input_tokens_total",
    "Tokens of requests that came from the provider's cache.",
    ({ cell }) => cell.tokens.cachedInput,
  ),
  counter(
    "bellwether_reasoning_tokens_total",
    "Tokens of answers that were spent on reasoning.",
    ({ cell }) => cell.tokens.reasoning,
  ),
  counter(
    "bellwether_cost_usd_total",
    "What attempts have cost, as far as it is known; estimated where the provider did not tell the tokens.",
    ({ cell: { cost }, isCosted }) =>
      isCosted ? byEstimated(usd(cost.nanoUsd), usd(cost.estimatedNanoUsd)) : undefined,
  ),
  counter(
    "bellwether_attempts_of_unknown_cost_total",
    "Attempts that have cost something nobody knows.",
    ({ cell, isCosted }) => (isCosted ? cell.cost.unknown : undefined),
  ),
  counter(
    "bellwether_circuit_openings_total",
    "How often a circuit of the target opened for the model.",
    ({ cell, circuit }) => (circuit === undefined ? undefined : cell.circuitOpenings),
  ),
  gauge(
    "bellwether_circuit_state",
    "1 for the state of the circuit, 0 for the others; absent until it has changed once.",
    ({ circuit }) => oneOf("state", circuitStates, circuit),
  ),
]
