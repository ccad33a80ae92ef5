import type { Backoff, Chance } from "@bellwether/backoff"

interface Common {
  /**
   * Advances only when the circuit opens, or is forced closed: a result admitted under an older one changes
   * nothing. It is the wall time of that moment, or one more than the generation before where a clock went back,
   * so that whoever has forgotten a circuit and starts over is never behind those who still remember it.
   */
  readonly generation: number
  /** Openings in a row: what the open time grows by. */
  readonly openings: number
  /** Wall-clock milliseconds of the last change of state. */
  readonly sinceMs: number
}

/** Everything is let through, and counted. */
export interface ClosedCircuit extends Common {
  readonly state: "closed"
}

/** Nothing is let through until the time is over. */
export interface OpenCircuit extends Common {
  readonly state: "open"
  /** Wall-clock milliseconds. */
  readonly untilMs: number
  /** Before this it stays open whoever answers from outside. Wall-clock milliseconds, never after `untilMs`. */
  readonly wakeableMs: number
  /** How many openings have been cut short since the circuit was closed. */
  readonly wakes: number
  /** Why it opened, for people. */
  readonly reason: string
}

/** One probe at a time is let through. */
export interface HalfOpenCircuit extends Common {
  readonly state: "half-open"
  /** Why it had opened, for people. */
  readonly reason: string
  /** How many openings have been cut short since the circuit was closed. */
  readonly wakes: number
  /** Probes that reached their commit point since it opened. */
  readonly successes: number
  /** Probes let through since it opened. */
  readonly probes: number
  /** The one under way. */
  readonly probe?: ProbeSlot
}

/** The place of the one probe. It frees itself when whoever holds it is gone. */
export interface ProbeSlot {
  readonly id: string
  /** Wall-clock milliseconds. */
  readonly untilMs: number
}

/** What a fleet agrees on about one target and model. Plain data; its times are wall time. */
export type Circuit = ClosedCircuit | OpenCircuit | HalfOpenCircuit

/** A circuit nothing is known of. */
export const closedCircuit: ClosedCircuit = { state: "closed", generation: 0, openings: 0, sinceMs: 0 }

/** Why a circuit opens, and for how long at least. */
export interface OpeningCause {
  readonly reason: string
  /** Milliseconds the provider asked for. */
  readonly retryAfterMs?: number | undefined
}

/** How long a circuit opens. */
export interface OpeningRules {
  /** Milliseconds, by the number of openings in a row. */
  readonly openFor: Backoff
  /** A circuit that had been closed for this long starts from the beginning again. */
  readonly windowMs: number
}

/**
 * Opens for a time that grows with the openings in a row, or for what the provider asked if that is longer.
 *
 * A wake can cut it short, but to no less than the provider asked, nor than a first opening lasts; and twice that
 * for each wake before whose probe failed. So where answering from outside says nothing, the open time still grows.
 */
export function opened(
  circuit: Circuit,
  cause: OpeningCause,
  { dateMs, chance }: { readonly dateMs: number; readonly chance: Chance },
  { openFor, windowMs }: OpeningRules,
): OpenCircuit {
  const wasSteady = circuit.state === "closed" && dateMs - circuit.sinceMs >= windowMs
  const openings = wasSteady ? 1 : circuit.openings + 1
  const wakes = circuit.state === "closed" ? 0 : circuit.wakes
  const drawn = chance.next()
  const lastsMs = (times: number) =>
    Math.max(openFor(times, 0, { next: () => drawn }), cause.retryAfterMs ?? 0)
  return {
    state: "open",
    generation: Math.max(circuit.generation + 1, dateMs),
    openings,
    sinceMs: dateMs,
    untilMs: dateMs + lastsMs(openings),
    wakeableMs: dateMs + lastsMs(wakes + 1),
    wakes,
    reason: cause.reason,
  }
}

/** The circuit half-open, with its one place given to a probe. */
export function probed(
  circuit: OpenCircuit | HalfOpenCircuit,
  probe: ProbeSlot,
  dateMs: number,
): HalfOpenCircuit {
  const halfOpen = halfOpened(circuit, dateMs)
  return { ...halfOpen, probes: halfOpen.probes + 1, probe }
}

/** The circuit half-open before its time, because the target was found answering. */
export function woken(circuit: OpenCircuit, dateMs: number): OpenCircuit | HalfOpenCircuit {
  if (dateMs < circuit.wakeableMs) return circuit
  return { ...halfOpened(circuit, dateMs), wakes: circuit.wakes + 1 }
}

/** A circuit that starts over: closed, and no result from before this generation counts. */
export function startedOver(generation: number): ClosedCircuit {
  return { state: "closed", generation, openings: 0, sinceMs: generation }
}

/** The circuit one success further, and closed if that was the last one needed. */
export function credited(
  circuit: OpenCircuit | HalfOpenCircuit,
  successesToClose: number,
  dateMs: number,
): HalfOpenCircuit | ClosedCircuit {
  const { generation, openings } = circuit
  const halfOpen = halfOpened(circuit, dateMs)
  const successes = halfOpen.successes + 1
  if (successes < successesToClose) return { ...halfOpen, successes }
  return { state: "closed", generation, openings, sinceMs: dateMs }
}

/** The circuit without the probe of this id; another one's keeps its place. */
export function freed(circuit: Circuit, id: string): Circuit {
  if (circuit.state !== "half-open" || circuit.probe?.id !== id) return circuit
  const { probe: _, ...rest } = circuit
  return rest
}

function halfOpened(circuit: OpenCircuit | HalfOpenCircuit, dateMs: number): HalfOpenCircuit {
  if (circuit.state === "half-open") return circuit
  const { generation, openings, reason, wakes } = circuit
  return { state: "half-open", generation, openings, sinceMs: dateMs, reason, wakes, successes: 0, probes: 0 }
}
