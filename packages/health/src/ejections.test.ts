import type { Target } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ejections } from "./ejections.ts"
import type { Finding } from "./finding.ts"
import { serves } from "./serving.ts"

const targetOf = (id: string, tier: number, patterns?: readonly string[]): Target => ({
  id,
  endpoint: id,
  key: "key-1",
  tier,
  weight: 1,
  prefill: false,
  ...(patterns && { serves: patterns }),
})

const unhealthy = (target: Target, sinceMs: number, model?: string): Finding => ({
  target,
  evidence: model === undefined ? "probes" : "calls",
  state: "unhealthy",
  kind: "overloaded",
  reason: "overloaded (503)",
  sinceMs,
  ...(model !== undefined && { model }),
})

const ejectedOf = (findings: readonly Finding[], targets: readonly Target[]): readonly string[] =>
  [...ejections(findings, targets)].flatMap(([{ target, model }, kept]) =>
    kept === undefined ? `${target.id}${model === undefined ? "" : ` ${model}`}` : [],
  )

describe("law 10", () => {
  test("of a tier of two the first is ejected, the second kept", () => {
    const [a, b, c] = [targetOf("a", 0), targetOf("b", 0), targetOf("c", 1)]
    const findings = [unhealthy(b, 2), unhealthy(a, 1)]
    expect(ejectedOf(findings, [a, b, c])).toEqual(["a"])
    expect([...ejections(findings, [a, b, c]).values()]).toContain("half of its tier is out of use already")
  })

  test("a tier of one is ejected whole while another is left, and the last target never", () => {
    const [a, b] = [targetOf("a", 0), targetOf("b", 1)]
    expect(ejectedOf([unhealthy(a, 1)], [a, b])).toEqual(["a"])
    expect(ejectedOf([unhealthy(a, 1), unhealthy(b, 2)], [a, b])).toEqual(["a"])
    expect(
      ejections([unhealthy(a, 1)], [a])
        .values()
        .next().value,
    ).toBe("nothing else is left")
  })

  test("the only one that serves a model is kept, whatever others there are", () => {
    const [a, b, c] = [
      targetOf("a", 0, ["gpt-*"]),
      targetOf("b", 0, ["claude-*"]),
      targetOf("c", 0, ["claude-*"]),
    ]
    expect(ejectedOf([unhealthy(a, 1)], [a, b, c])).toEqual([])
    expect(ejectedOf([unhealthy(b, 1)], [a, b, c])).toEqual(["b"])
  })

  test("one model's ejections leave those of another alone", () => {
    const [a, b] = [targetOf("a", 0), targetOf("b", 0)]
    const findings = [unhealthy(a, 1, "gpt-4o"), unhealthy(b, 2, "o3"), unhealthy(b, 3, "gpt-4o")]
    expect(ejectedOf(findings, [a, b])).toEqual(["a gpt-4o", "b o3"])
  })

  test("what a refused key or a trial says ejects nobody", () => {
    const [a, b] = [targetOf("a", 0), targetOf("b", 1)]
    const key = { ...unhealthy(a, 1), evidence: "key" } as const
    const trial = { ...unhealthy(a, 1), state: "degraded" } as const
    expect(ejectedOf([key, trial], [a, b])).toEqual([])
  })
})

test("for no model more than half of a tier, or everybody, is ejected, and nobody needlessly kept", () => {
  const patterns = fc.option(fc.subarray(["gpt-4o", "gpt-*", "claude-*", "*"], { minLength: 1 }), {
    nil: undefined,
  })
  const targetArbitrary = fc.tuple(fc.integer({ min: 0, max: 2 }), patterns)
  const findingArbitrary = fc.tuple(
    fc.nat(4),
    fc.constantFrom(undefined, "gpt-4o", "gpt-5", "claude-x", "other"),
    fc.nat(5),
  )
  fc.assert(
    fc.property(
      fc.array(targetArbitrary, { minLength: 1, maxLength: 5 }),
      fc.array(findingArbitrary, { maxLength: 8 }),
      (targetData, findingData) => {
        const targets = targetData.map(([tier, names], index) => targetOf(`t${index}`, tier, names))
        const findings = findingData.flatMap(([index, model, sinceMs]) => {
          const target = targets[index]
          const isServed = target !== undefined && (model === undefined || serves(target, model))
          return isServed ? unhealthy(target, sinceMs, model) : []
        })
        const decided = ejections(findings, targets)
        for (const model of ["gpt-4o", "gpt-5", "gpt-", "claude-x", "claude-y", "other", "another"]) {
          const serving = targets.filter((target) => serves(target, model))
          const isOut = (target: Target): boolean =>
            [...decided].some(
              ([finding, kept]) =>
                kept === undefined && finding.target === target && (finding.model ?? model) === model,
            )
          const out = serving.filter(isOut)
          if (serving.length > 0) expect(out.length).toBeLessThan(serving.length)
          for (const tier of [0, 1, 2]) {
            const mates = serving.filter((target) => target.tier === tier)
            if (mates.length > 1) expect(mates.filter(isOut).length).toBeLessThanOrEqual(mates.length / 2)
          }
        }
        if (
          targets.length > 1 &&
          targets.every(({ serves: names }) => names === undefined) &&
          findings.length > 0
        )
          expect([...decided.values()]).toContain(undefined)
      },
    ),
    { numRuns: 2_000 },
  )
})
