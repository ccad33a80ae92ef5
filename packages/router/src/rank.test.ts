import { describe, expect, test } from "vitest"
import { candidate, closedFor, degraded, target } from "../test/scenes.ts"
import { bestOf, leastBad } from "./rank.ts"
import type { Candidate } from "./rank.ts"

const alpha = target("alpha/main")
const beta = target("beta/main")
const low = target("low/main", 1)
const closed = closedFor(1_000)

describe("the best target", () => {
  const best = (...candidates: Candidate[]) => bestOf(candidates, (equal) => equal)?.id

  test.each<readonly [string, readonly Candidate[], string | undefined]>([
    ["is the first declared", [candidate(alpha), candidate(beta)], "alpha/main"],
    ["is of the lowest tier", [candidate(low), candidate(beta)], "beta/main"],
    ["is not unavailable", [candidate(alpha, closed), candidate(beta)], "beta/main"],
    ["is degraded only if its tier has no other", [candidate(alpha, degraded), candidate(beta)], "beta/main"],
    ["is degraded rather than of a lower tier", [candidate(alpha, degraded), candidate(low)], "alpha/main"],
    ["is of a lower tier if need be", [candidate(alpha, closed), candidate(low)], "low/main"],
    ["is nobody when all are unavailable", [candidate(alpha, closed), candidate(low, closed)], undefined],
    ["is nobody when there is none", [], undefined],
  ])("%s", (_title, candidates, expected) => {
    expect(best(...candidates)).toBe(expected)
  })

  test("is left to the strategy among equals, and only among them", () => {
    const asked: string[][] = []
    const chosen = bestOf(
      [candidate(alpha), candidate(low), candidate(beta), candidate(target("gamma/main"), degraded)],
      (equal) => {
        asked.push(equal.map(({ id }) => id))
        return equal.toReversed()
      },
    )
    expect(chosen).toBe(beta)
    expect(asked).toEqual([["alpha/main", "beta/main"]])
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
