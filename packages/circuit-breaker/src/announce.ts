import type { Services } from "@bellwether/core"
import { CircuitClosed, CircuitHalfOpened, CircuitOpened } from "./circuit-events.ts"
import type { Circuit } from "./circuit.ts"
import type { LiveCircuit } from "./live-circuit.ts"

/** Tells of a change: events for those who watch, the board for those who ask or wait. */
export function announce(live: LiveCircuit, before: Circuit, services: Services): void {
  const { target, model } = live
  const { circuit } = live.breaker
  const { endpoint, key } = target
  // A verdict without a model would speak of every model; the board asks for that one by itself.
  const scope = model === undefined ? undefined : { endpoint, key, model }
  if (circuit.state === "open") {
    const { reason } = circuit
    const untilMs = live.monotonicMs(circuit.untilMs)
    if (scope !== undefined)
      services.board.say(scope, { status: "unavailable", untilMs, reason: `circuit open: ${reason}` })
    if (circuit.generation !== before.generation)
      services.emit(CircuitOpened, { target, model, reason, untilMs })
  } else if (circuit.state !== before.state) {
    if (scope !== undefined) services.board.say(scope, { status: "available" })
    if (circuit.state === "closed")
      services.emit(CircuitClosed, { target, model, reason: "enough probes succeeded" })
    else services.emit(CircuitHalfOpened, { target, model, reason: whyHalfOpen(circuit.successes) })
  }
  if (live.peek().status === "available") services.board.touch()
}

function whyHalfOpen(successes: number): string {
  return successes === 0
    ? "the open time is over: probing"
    : "a try got through before the open time was over"
}
