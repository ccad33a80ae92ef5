import { breakerOf } from "./breaker.ts"
import type { Breaker } from "./breaker.ts"
import type { Circuit } from "./circuit.ts"

/**
 * What a process knows of one circuit. Plain data that is changed in place: all pipelines of a state have the same, and
 * each lets attempts through by its own rules.
 */
export interface CircuitMemory {
  breaker: Breaker
  /** Attempts let through that are not over. */
  inFlight: number
  /** Monotonic milliseconds. */
  lastUsedMs: number
  /** Regular successes the window does not hold yet: they are written into it a slice at a time. */
  successes: number
  succeededAtMs: number
  sliceMs: number
}

/** Of a circuit that is heard of for the first time. */
export const freshMemory = (circuit: Circuit, nowMs: number): CircuitMemory => ({
  breaker: breakerOf(circuit),
  inFlight: 0,
  lastUsedMs: nowMs,
  successes: 0,
  succeededAtMs: 0,
  sliceMs: -Infinity,
})
