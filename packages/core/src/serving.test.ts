import { describe, expect, test } from "vitest"
import { serving } from "./serving.ts"
import type { Target } from "./target.ts"

const target = (endpoint: string, serves?: readonly string[]): Target => ({
  id: `${endpoint}/key-1`,
  endpoint,
  key: "key-1",
  tier: 0,
  weight: 1,
  prefill: false,
  ...(serves !== undefined && { serves }),
})

const names = (targets: readonly Target[]) => targets.map(({ endpoint }) => endpoint)

describe("serving", () => {
  const all = [target("anything"), target("claude", ["claude-*", "haiku"]), target("gpt", ["gpt-4o"])]

  test("an endpoint that lists no models serves all", () => {
    expect(names(serving(all, "mistral-large"))).toEqual(["anything"])
  })

  test("a model is served by its exact name or by the beginning of it", () => {
    expect(names(serving(all, "claude-sonnet-4-5"))).toEqual(["anything", "claude"])
    expect(names(serving(all, "haiku"))).toEqual(["anything", "claude"])
    expect(names(serving(all, "gpt-4o"))).toEqual(["anything", "gpt"])
    expect(names(serving(all, "gpt-4o-mini"))).toEqual(["anything"])
  })

  test("a call that names no model may go anywhere", () => {
    expect(serving(all, undefined)).toBe(all)
  })
})
