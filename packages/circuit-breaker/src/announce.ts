import type { Board, Scope, Services } from "@bellwether/core"
import { CircuitClosed, CircuitHalfOpened, CircuitOpened } from "./circuit-events.ts"
import type { Circuit, HalfOpenCircuit } from "./circuit.ts"
import type { LiveCircuit } from "./live-circuit.ts"

/** What a circuit speaks of on the board: nothing, where its verdict would speak of every model. */
export function scopeOf({ target: { endpoint, key }, model }: LiveCircuit): Required<Scope> | undefined {
  return model === undefined ? undefined : { endpoint, key, model }
}

/** Says on the board how a circuit stands. */
export function sayOn(board: Board, live: LiveCircuit): void {
  const scope = scopeOf(live)
  const { circuit } = live.breaker
  if (scope === undefined) return
  if (circuit.state !== "open") return board.say(scope, { status: "available" })
  const untilMs = live.monotonicMs(circuit.untilMs)
  board.say(scope, { status: "unavailable", untilMs, reason: `circuit open: ${circuit.reason}` })
}

/** Tells those who watch of a change. */
export function announce(live: LiveCircuit, before: Circuit, emit: Services["emit"]): void {
  const { target, model } = live
  const { circuit } = live.breaker
  if (circuit.state === "open") {
    if (circuit.generation === before.generation) return
    const { reason } = circuit
    emit(CircuitOpened, { target, model, reason, untilMs: live.monotonicMs(circuit.untilMs) })
  } else if (circuit.state !== before.state) {
    if (circuit.state === "closed") emit(CircuitClosed, { target, model, reason: whyClosed(circuit, before) })
    else emit(CircuitHalfOpened, { target, model, reason: whyHalfOpen(circuit) })
  }
}

function whyClosed(circuit: Circuit, before: Circuit): string {
  return circuit.generation === before.generation ? "enough probes succeeded" : "it started over"
}

function whyHalfOpen({ successes, probes }: HalfOpenCircuit): string {
  if (successes > 0) return "a try got through before the open time was over"
  return probes > 0 ? "the open time is over: probing" : "the target was found answering: probing"
}
