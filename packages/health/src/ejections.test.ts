import { serving } from "@bellwether/core"
import type { Target } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { ejections } from "./ejections.ts"
import type { Ejections } from "./ejections.ts"
import type { Finding } from "./finding.ts"

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

/** Models that are declared somewhere, and others. */
const models = ["gpt-4o", "gpt-5", "gpt-", "claude-x", "claude-y", "other", "another"]

/** Where law 10 is broken: `model tier`, or the model of which nobody is left. */
function broken(decided: Ejections, targets: readonly Target[]): readonly string[] {
  return models.flatMap((model) => {
    const isOut = (target: Target): boolean =>
      [...decided].some(
        ([finding, kept]) =>
          kept === undefined && finding.target === target && (finding.model ?? model) === model,
      )
    const able = serving(targets, model)
    const tiers = [...Map.groupBy(able, ({ tier }) => tier)].filter(([, mates]) => mates.length > 1)
    return [
      ...(able.length > 0 && able.every(isOut) ? [model] : []),
      ...tiers.flatMap(([tier, mates]) =>
        mates.filter(isOut).length * 2 > mates.length ? `${model} ${tier}` : [],
      ),
    ]
  })
}

const patterns = fc.option(fc.subarray(["gpt-4o", "gpt-*", "claude-*", "*"], { minLength: 1 }), {
  nil: undefined,
})
const someTargets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 }), patterns), { minLength: 1, maxLength: 5 })
  .map((given) => given.map(([tier, names], index) => targetOf(`t${index}`, tier, names)))
const scene = someTargets.chain((targets) => {
  const finding = fc
    .tuple(
      fc.constantFrom(...targets),
      fc.constantFrom(undefined, "gpt-4o", "gpt-5", "claude-x", "other"),
      fc.nat(5),
    )
    .map(([target, model, sinceMs]) => unhealthy(target, sinceMs, model))
  const findings = fc.array(finding, { maxLength: 8 })
  return fc.record({ targets: fc.constant(targets), findings })
})

test("for no model more than half of a tier, or everybody, is ejected", () => {
  fc.assert(
    fc.property(scene, ({ targets, findings }) => {
      expect(broken(ejections(findings, targets), targets)).toEqual([])
    }),
    { numRuns: 2_000 },
  )
})

test("whoever is kept would break that", () => {
  fc.assert(
    fc.property(scene, ({ targets, findings }) => {
      const decided = ejections(findings, targets)
      for (const [finding, kept] of decided) {
        const all = new Map(decided).set(finding, undefined)
        expect(kept === undefined || broken(all, targets).length > 0 || !isServed(finding)).toBe(true)
      }
    }),
    { numRuns: 2_000 },
  )
})

const isServed = ({ target, model }: Finding): boolean => serving([target], model).length > 0
