import type { Scope } from "@bellwether/core"
import { includes, keyOf } from "./scopes.ts"

/** A scope that an operator keeps out of use. Plain data. */
export interface Hold {
  readonly scope: Scope
  /** Orders are counted like openings: wall time, or one more than any before where a clock went back. */
  readonly generation: number
  /** Wall-clock milliseconds; absent: until it is forced closed. */
  readonly untilMs?: number
  /** Why, for people. */
  readonly reason: string
}

/** The last word of an operator on one scope, of either kind. Plain data. */
export interface Order {
  readonly scope: Scope
  /** When it was last forced closed, as a generation: holds and circuits from before are over. 0: never. */
  readonly closed: number
  readonly hold?: Hold
}

/** All orders of a pipeline, by scope: what a fleet agrees on. As many as operators ever named scopes: few. */
export type Orders = Readonly<Record<string, Order>>

/** The orders with one scope held. It replaces what was said of exactly this scope before. */
export function withHold(orders: Orders, order: Omit<Hold, "generation">, dateMs: number): Orders {
  const { closed = 0 } = orders[keyOf(order.scope)] ?? {}
  const hold = { ...order, generation: nextGeneration(orders, 0, dateMs) }
  return { ...orders, [keyOf(order.scope)]: { scope: order.scope, closed, hold } }
}

/**
 * The orders with one scope forced closed, and all parts of it.
 *
 * @param latest the newest generation among its circuits
 */
export function withClosing(orders: Orders, scope: Scope, latest: number, dateMs: number): Orders {
  return { ...orders, [keyOf(scope)]: { scope, closed: nextGeneration(orders, latest, dateMs) } }
}

/**
 * The orders with the circuits of one scope started over. Its holds are ordered anew, so that they go on.
 *
 * @param latest the newest generation among its circuits
 */
export function withNewStart(orders: Orders, scope: Scope, latest: number, dateMs: number): Orders {
  const standing = holdsAt(orders, dateMs).filter((hold) => includes(scope, hold.scope))
  return standing.reduce<Orders>(
    (next, hold) => withHold(next, hold, dateMs),
    withClosing(orders, scope, latest, dateMs),
  )
}

/** The holds that are in force at this time. */
export function holdsAt(orders: Orders, dateMs: number): readonly Hold[] {
  return Object.values(orders).flatMap(({ hold }) =>
    hold !== undefined &&
    (hold.untilMs ?? Infinity) > dateMs &&
    hold.generation > closedFrom(orders, hold.scope)
      ? [hold]
      : [],
  )
}

/** The generation a scope was last forced closed with, by itself or as a part of another; 0: never. */
export function closedFrom(orders: Orders, scope: Scope): number {
  let generation = 0
  for (const order of Object.values(orders))
    if (order.closed > generation && includes(order.scope, scope)) generation = order.closed
  return generation
}

/** The views of two processes as one: of each scope, the later word of either kind. */
export function mergeOrders(a: Orders, b: Orders): Orders {
  const merged: Record<string, Order> = { ...a }
  for (const [key, order] of Object.entries(b)) {
    const known = merged[key]
    merged[key] = known === undefined ? order : mergeOrder(known, order)
  }
  return merged
}

function mergeOrder(a: Order, b: Order): Order {
  const closed = Math.max(a.closed, b.closed)
  const hold = a.hold === undefined || (b.hold !== undefined && isLater(b.hold, a.hold)) ? b.hold : a.hold
  return hold === undefined ? { scope: a.scope, closed } : { scope: a.scope, closed, hold }
}

/** Of two holds made at once the longer one counts; the reasons decide only so that two that differ never tie. */
function isLater(one: Hold, other: Hold): boolean {
  if (one.generation !== other.generation) return one.generation > other.generation
  const [until, otherUntil] = [one.untilMs ?? Infinity, other.untilMs ?? Infinity]
  return until === otherUntil ? one.reason > other.reason : until > otherUntil
}

function nextGeneration(orders: Orders, latest: number, dateMs: number): number {
  return Math.max(dateMs, latest + 1, ...Object.values(orders).map((order) => lastWordOf(order) + 1))
}

const lastWordOf = ({ closed, hold }: Order): number => Math.max(closed, hold?.generation ?? 0)
