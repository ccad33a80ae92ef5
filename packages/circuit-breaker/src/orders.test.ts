import type { Scope } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { closedFrom, holdsAt, mergeOrders, withClosing, withHold } from "./orders.ts"
import type { Hold, Order, Orders } from "./orders.ts"
import { keyOf, nameOf } from "./scopes.ts"

const primary: Scope = { endpoint: "primary" }
const oneKey: Scope = { endpoint: "primary", key: "key-1" }
const oneModel: Scope = { endpoint: "primary", key: "key-1", model: "gpt-4o" }
const anyScope = fc.constantFrom(primary, oneKey, oneModel, { endpoint: "primary", model: "gpt-4o" })

// Small numbers, so that ties are common.
const small = fc.nat(2)
const anyHold: fc.Arbitrary<Omit<Hold, "scope">> = fc.record(
  { generation: small, untilMs: small, reason: fc.constantFrom("a", "b") },
  { requiredKeys: ["generation", "reason"] },
)
const anyOrder: fc.Arbitrary<Order> = fc
  .record({ scope: anyScope, closed: small, hold: fc.option(anyHold, { nil: undefined }) })
  .map(({ scope, closed, hold }) => ({ scope, closed, ...(hold && { hold: { scope, ...hold } }) }))
const anyOrders: fc.Arbitrary<Orders> = fc
  .array(anyOrder, { maxLength: 4 })
  .map((orders) => Object.fromEntries(orders.map((order) => [keyOf(order.scope), order])))

describe("merging two views", () => {
  test("is commutative: it does not matter who tells whom", () => {
    fc.assert(
      fc.property(anyOrders, anyOrders, (a, b) => {
        expect(mergeOrders(a, b)).toEqual(mergeOrders(b, a))
      }),
      { numRuns: 2_000 },
    )
  })

  test("is associative: it does not matter in which order the news arrives", () => {
    fc.assert(
      fc.property(anyOrders, anyOrders, anyOrders, (a, b, c) => {
        expect(mergeOrders(mergeOrders(a, b), c)).toEqual(mergeOrders(a, mergeOrders(b, c)))
      }),
      { numRuns: 2_000 },
    )
  })

  test("is idempotent: hearing the same twice changes nothing, to the letter", () => {
    fc.assert(
      fc.property(anyOrders, anyOrders, (a, b) => {
        const merged = mergeOrders(a, b)
        expect(JSON.stringify(mergeOrders(merged, b))).toBe(JSON.stringify(merged))
        expect(JSON.stringify(mergeOrders(merged, merged))).toBe(JSON.stringify(merged))
      }),
    )
  })
})

const hold = (orders: Orders, scope: Scope, dateMs: number, untilMs?: number) =>
  withHold(orders, { scope, reason: `at ${dateMs}`, ...(untilMs !== undefined && { untilMs }) }, dateMs)
const held = (orders: Orders, dateMs: number) => holdsAt(orders, dateMs).map(({ scope }) => nameOf(scope))

describe("what is held", () => {
  test("is held until it is closed, or its time is over", () => {
    const forGood = hold({}, primary, 10)
    expect(held(forGood, 1_000_000)).toEqual(["primary"])
    expect(held(withClosing(forGood, primary, 0, 20), 20)).toEqual([])
    const forAWhile = hold({}, primary, 10, 100)
    expect([held(forAWhile, 99), held(forAWhile, 100)]).toEqual([["primary"], []])
  })

  test("is closed as a part of what is closed, and not by closing a part of it", () => {
    const both = hold(hold({}, primary, 10), oneModel, 11)
    expect(held(withClosing(both, oneKey, 0, 20), 20)).toEqual(["primary"])
    expect(held(withClosing(both, primary, 0, 20), 20)).toEqual([])
  })

  test("can be held again, also where a clock goes back", () => {
    const again = hold(withClosing(hold({}, primary, 100), primary, 0, 50), primary, 20)
    expect(held(again, 20)).toEqual(["primary"])
    expect(again[keyOf(primary)]?.hold?.generation).toBe(102)
  })

  test("is what was said last, whoever said it", () => {
    const here = hold({}, primary, 10)
    const there = withClosing(here, primary, 0, 20)
    expect(held(mergeOrders(here, there), 30)).toEqual([])
    const longer = hold(here, primary, 30)
    expect(mergeOrders(here, longer)).toEqual(longer)
    expect(held(mergeOrders(longer, there), 30)).toEqual(["primary"])
  })
})

test("circuits count from the last closing of their scope, or of one they are a part of", () => {
  const orders = withClosing(withClosing({}, oneKey, 0, 10), primary, 70, 20)
  expect(closedFrom(orders, oneModel)).toBe(71)
  expect(closedFrom(withClosing({}, oneModel, 0, 10), oneKey)).toBe(0)
  expect(closedFrom(orders, { endpoint: "backup", key: "key-1" })).toBe(0)
})
