import { describe, expect, test } from "vitest"
import { candidate, closedFor, degraded, target } from "../test/scenes.ts"
import { bestOf, leastBad, whySkipped } from "./rank.ts"
import type { Candidate, Chooser } from "./rank.ts"

const alpha = target("alpha/main")
const beta = target("beta/main")
const low = target("low/main", 1)
const closed = closedFor(1_000)

const first: Chooser = { reason: "the first", pick: ([one]) => one }

describe("the best target", () => {
  const best = (...candidates: Candidate[]) => {
    const { target: chosen, reason } = bestOf(candidates, first) ?? {}
    return chosen === undefined ? undefined : `${chosen.endpoint}: ${reason}`
  }
  const alone = "healthiest of the lowest tier left"
  const only = "only one available"
  const wanted = "preferred by the caller"
  const spared = { spared: true }

  test.each<readonly [string, readonly Candidate[], string | undefined]>([
    ["is chosen among equals", [candidate(alpha), candidate(beta)], "alpha: the first"],
    ["is of the lowest tier", [candidate(low), candidate(beta)], `beta: ${alone}`],
    ["is not unavailable", [candidate(alpha, closed), candidate(beta)], `beta: ${only}`],
    [
      "is degraded only if its tier has no other",
      [candidate(alpha, degraded), candidate(beta)],
      `beta: ${alone}`,
    ],
    [
      "is degraded rather than of a lower tier",
      [candidate(alpha, degraded), candidate(low)],
      `alpha: ${alone}`,
    ],
    ["is of a lower tier if need be", [candidate(alpha, closed), candidate(low)], `low: ${only}`],
    ["is nobody when all are unavailable", [candidate(alpha, closed), candidate(low, closed)], undefined],
    ["is nobody when there is none", [], undefined],
    [
      "is the one the caller prefers, of whatever tier and health",
      [candidate(alpha), candidate(low, degraded, { wish: -1 })],
      `low: ${wanted}`,
    ],
    [
      "is the first the caller prefers",
      [candidate(alpha, undefined, { wish: -1 }), candidate(beta, undefined, { wish: -2 })],
      `beta: ${wanted}`,
    ],
    [
      "is another if the preferred one is unavailable",
      [candidate(alpha, closed, { wish: -1 }), candidate(beta)],
      `beta: ${only}`,
    ],
    [
      "is one to be avoided only if there is no other",
      [candidate(alpha, undefined, { wish: 1 }), candidate(low, degraded)],
      `low: ${alone}`,
    ],
    ["is one to be avoided rather than nobody", [candidate(alpha, undefined, { wish: 1 })], `alpha: ${only}`],
    [
      "is one that is spared only if there is no other",
      [candidate(alpha, undefined, spared), candidate(low, degraded)],
      `low: ${alone}`,
    ],
    [
      "is not spared for a wish",
      [candidate(alpha), candidate(low, undefined, { ...spared, wish: -1 })],
      `alpha: ${alone}`,
    ],
    [
      "is of the lowest tier among those that are spared, if there are no others",
      [candidate(low, undefined, spared), candidate(alpha, undefined, spared), candidate(beta, closed)],
      `alpha: ${alone}`,
    ],
  ])("%s", (_title, candidates, expected) => {
    expect(best(...candidates)).toBe(expected)
  })

  test("is left to the chooser among equals, and only among them", () => {
    const asked: string[][] = []
    const pick: Chooser["pick"] = (targets) => {
      asked.push(targets.map(({ id }) => id))
      return targets.at(-1)!
    }
    const candidates = [
      candidate(alpha),
      candidate(low),
      candidate(beta),
      candidate(target("gamma/main"), degraded),
    ]
    expect(bestOf(candidates, { reason: "the last", pick })).toEqual({ target: beta, reason: "the last" })
    expect(asked).toEqual([["alpha/main", "beta/main"]])
  })
})

describe("a target is told to be skipped", () => {
  const chosen = beta

  test.each<readonly [string, Candidate, string | undefined]>([
    ["if it is unavailable", candidate(alpha, closed), "closed"],
    ["if it comes back", candidate(alpha, undefined, { spared: true }), expect.stringContaining("growing")],
    ["if the caller avoids it", candidate(alpha, undefined, { wish: 1 }), "avoided by the caller"],
    ["if the caller prefers it, of whatever tier", candidate(low, closed, { wish: -1 }), "closed"],
    ["but not if another was as good", candidate(alpha), undefined],
    ["but not if its tier is lower", candidate(low, closed), undefined],
    ["but not if it is chosen", candidate(beta, undefined, { spared: true }), undefined],
  ])("%s", (_title, skipped, reason) => {
    expect(whySkipped(skipped, chosen)).toEqual(reason)
  })
})

describe("of unavailable targets the least bad", () => {
  const order = (...candidates: Candidate[]) => leastBad(candidates).map(({ endpoint }) => endpoint)

  test("is back soonest, and unknown times come last", () => {
    expect(
      order(
        candidate(alpha, closedFor()),
        candidate(beta, closedFor(9_000)),
        candidate(low, closedFor(5_000)),
      ),
    ).toEqual(["low", "beta", "alpha"])
  })

  test("is of the lowest tier, then the first declared", () => {
    expect(
      order(candidate(low, closedFor()), candidate(beta, closedFor()), candidate(alpha, closedFor())),
    ).toEqual(["beta", "alpha", "low"])
  })

  test("is parked only if all are", () => {
    expect(order(candidate(alpha, closedFor(1, true)), candidate(low, closedFor(600_000)))).toEqual([
      "low",
      "alpha",
    ])
  })
})
