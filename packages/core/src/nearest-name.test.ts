import { assert, property, string } from "fast-check"
import { describe, expect, test } from "vitest"
import { editDistances, nearestName } from "./nearest-name.ts"

const editDistance = (from: string, to: string): number | undefined => editDistances(from, to).at(-1)

describe("the edit distance", () => {
  test.each([
    ["", "", 0],
    ["same", "same", 0],
    ["", "abc", 3],
    ["retries", "retry", 3],
    ["kitten", "sitting", 3],
    ["tier", "teir", 1],
    ["ca", "abc", 3],
    ["baesURL", "baseURL", 1],
  ])("from %j to %j is %d", (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits)
    expect(editDistance(to, from)).toBe(edits)
  })

  test("is symmetric, zero only for the same, and at most the longer length", () => {
    assert(
      property(string({ maxLength: 12 }), string({ maxLength: 12 }), (from, to) => {
        const edits = editDistance(from, to)
        expect(edits).toBe(editDistance(to, from))
        expect(edits === 0).toBe(from === to)
        expect(edits).toBeGreaterThanOrEqual(Math.abs(from.length - to.length))
        expect(edits).toBeLessThanOrEqual(Math.max(from.length, to.length))
      }),
    )
  })
})

describe("the nearest name", () => {
  const names = ["baseURL", "baseMs", "capMs", "maxAttempts", "keys", "tier", "weight"]

  test.each([
    ["baseUrl", "baseURL"],
    ["base_url", "baseURL"],
    ["max-attempts", "maxAttempts"],
    ["maxAttemps", "maxAttempts"],
    ["cap", "capMs"],
    ["key", "keys"],
    ["teir", "tier"],
    ["wieght", "weight"],
    ["maxAtempts", "maxAttempts"],
    ["maxAtempt", "maxAttempts"],
  ])("to %s is %s", (typed, meant) => {
    expect(nearestName(typed, names)).toBe(meant)
  })

  test.each(["", "x", "timeout", "retries", "endpoint"])("to %j is none of them", (typed) => {
    expect(nearestName(typed, names)).toBeUndefined()
  })

  test("is the first of equals", () => {
    expect(nearestName("bat", ["cat", "hat"])).toBe("cat")
  })
})
