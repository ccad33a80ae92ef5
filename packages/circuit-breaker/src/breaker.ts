import type { Chance } from "@bellwether/backoff"
import type { Ending } from "@bellwether/core"
import { credited, freed, opened, probed } from "./circuit.ts"
import type { Circuit, OpeningCause, OpeningRules } from "./circuit.ts"
import { emptyWindow, reasonToOpen, recorded } from "./completed-window.ts"
import type { CompletedWindow, WindowRules } from "./completed-window.ts"

/** When a circuit opens, for how long, and what closes it again. */
export interface Rules extends WindowRules, OpeningRules {
  readonly successesToClose: number
}

/** One circuit as one process knows it: what the fleet agrees on, and what only this process saw. Plain data. */
export interface Breaker {
  readonly circuit: Circuit
  readonly window: CompletedWindow
  /** Whether a probe or a panic try of this process is under way. */
  readonly isProbing: boolean
}

/** What an admitted attempt was let through as, and the generation its result belongs to. Plain data. */
export type Permit = { readonly role: "regular"; readonly generation: number } | Trial

/** The permit of one that is let through although the circuit is not closed. */
export type Trial =
  | { readonly role: "panic"; readonly generation: number }
  | { readonly role: "probe"; readonly generation: number; readonly id: string }

/** What the end of an attempt says. */
export interface Result extends OpeningCause {
  readonly health: "success" | "failure" | "neutral"
}

/** An ending without a failure can count as one: a limit had passed before the caller got the answer. */
export function resultOf({ health, blamed, failure = blamed }: Ending): Result {
  if (failure === undefined) return { health, reason: "" }
  const { class: failureClass, status, retryAfterMs } = failure
  const reason = status === undefined ? failureClass : `${failureClass} (${status})`
  return { health, reason, retryAfterMs }
}

/** The time and the chance a transition happens with. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly nowMs: number
  /** Wall-clock milliseconds. */
  readonly dateMs: number
  readonly chance: Chance
}

/** A circuit as a process first hears of it. */
export function breakerOf(circuit: Circuit): Breaker {
  return { circuit, window: emptyWindow(circuit.generation), isProbing: false }
}

/**
 * What an attempt would be let through as now, or why not. A panic try needs no place among the fleet's probes,
 * but a process makes only one probe or panic try at a time.
 */
export function admission(
  { circuit, isProbing }: Breaker,
  isPanic: boolean,
  dateMs: number,
): Permit["role"] | "open" | "being-probed" {
  if (circuit.state === "closed") return "regular"
  const isDue =
    circuit.state === "open"
      ? circuit.untilMs <= dateMs
      : circuit.probe === undefined || circuit.probe.untilMs <= dateMs
  if (circuit.state === "open" && !isDue && (!isPanic || isProbing)) return "open"
  if (isProbing) return "being-probed"
  if (isDue) return "probe"
  return isPanic ? "panic" : "being-probed"
}

/** After a trial was let through; a probe holds its place for `probeMs`. */
export function admitted(breaker: Breaker, permit: Trial, probeMs: number, dateMs: number): Breaker {
  const { circuit } = breaker
  if (permit.role === "panic" || circuit.state === "closed") return { ...breaker, isProbing: true }
  const slot = { id: permit.id, untilMs: dateMs + probeMs }
  return { ...breaker, isProbing: true, circuit: probed(circuit, slot, dateMs) }
}

/** After the attempt reached its commit point: a probe has succeeded and frees its place; its body goes on. */
export function committed(breaker: Breaker, permit: Permit, moment: Moment, rules: Rules): Breaker {
  const next = released(breaker, permit)
  const { circuit } = next
  if (permit.role === "regular" || circuit.generation !== permit.generation) return next
  if (circuit.state === "closed") return next
  return { ...next, circuit: credited(circuit, rules.successesToClose, moment.dateMs) }
}

/**
 * After the attempt's body ended, or its lease expired. What it says counts only in the generation that admitted
 * it, and while the circuit is open there is nothing left to count.
 *
 * @param isCommitted whether `committed` was told of it before
 */
export function ended(
  breaker: Breaker,
  permit: Permit,
  isCommitted: boolean,
  result: Result,
  moment: Moment,
  rules: Rules,
): Breaker {
  if (!isCommitted && result.health === "success")
    return ended(committed(breaker, permit, moment, rules), permit, true, result, moment, rules)
  const next = isCommitted ? breaker : released(breaker, permit)
  if (next.circuit.generation !== permit.generation || result.health === "neutral") return next
  if (next.circuit.state === "open") return next
  const isFailure = result.health === "failure"
  if (next.circuit.state === "closed") return counted(next, isFailure, result, moment, rules)
  return isFailure ? reopened(next, `a probe failed: ${result.reason}`, result, moment, rules) : next
}

/** After so many regular attempts succeeded in this generation of a closed circuit: all they do is count. */
export function succeeded(breaker: Breaker, times: number, nowMs: number, windowMs: number): Breaker {
  return { ...breaker, window: recorded(currentWindow(breaker), false, nowMs, windowMs, times) }
}

/** The place is free again, whatever came of it. */
function released(breaker: Breaker, permit: Permit): Breaker {
  if (permit.role === "regular") return breaker
  const circuit = permit.role === "probe" ? freed(breaker.circuit, permit.id) : breaker.circuit
  return { ...breaker, isProbing: false, circuit }
}

function counted(
  breaker: Breaker,
  isFailure: boolean,
  result: Result,
  moment: Moment,
  rules: Rules,
): Breaker {
  const window = recorded(currentWindow(breaker), isFailure, moment.nowMs, rules.windowMs)
  const next = { ...breaker, window }
  const reason = isFailure ? reasonToOpen(window, moment.nowMs, rules) : undefined
  return reason === undefined
    ? next
    : reopened(next, `${reason}, the last one: ${result.reason}`, result, moment, rules)
}

/** What counts: what was seen before the circuit opened, or started over, is forgotten. */
export function currentWindow({ circuit: { generation }, window }: Breaker): CompletedWindow {
  return window.generation === generation ? window : emptyWindow(generation)
}

function reopened(breaker: Breaker, reason: string, result: Result, moment: Moment, rules: Rules): Breaker {
  const circuit = opened(breaker.circuit, { ...result, reason }, moment, rules)
  return { ...breaker, circuit, window: emptyWindow(circuit.generation) }
}
