import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { closedCircuit, credited, opened } from "./circuit.ts"
import type { Circuit } from "./circuit.ts"
import { circuitOf, laterCircuit, mergeCircuits, withCircuit } from "./circuits.ts"

// Small numbers, so that ties are common.
const small = fc.nat(2)
const common = { generation: small, openings: small, sinceMs: small }
const word = fc.constantFrom("a", "b")
const anyCircuit: fc.Arbitrary<Circuit> = fc.oneof(
  fc.record({ state: fc.constant("closed" as const), ...common }),
  fc.record({
    state: fc.constant("open" as const),
    ...common,
    untilMs: small,
    wakeableMs: small,
    wakes: small,
    reason: word,
  }),
  fc.record(
    {
      state: fc.constant("half-open" as const),
      ...common,
      reason: word,
      wakes: small,
      successes: small,
      probes: small,
      probe: fc.record({ id: word, untilMs: small }),
    },
    {
      requiredKeys: ["state", "generation", "openings", "sinceMs", "reason", "wakes", "successes", "probes"],
    },
  ),
)
const anyCircuits = fc.dictionary(fc.constantFrom("", "model:x", "model:__proto__"), anyCircuit, {
  noNullPrototype: true,
})

describe("merging two views", () => {
  test("is commutative: it does not matter who tells whom", () => {
    fc.assert(
      fc.property(anyCircuits, anyCircuits, (a, b) => {
        expect(mergeCircuits(a, b)).toEqual(mergeCircuits(b, a))
      }),
      { numRuns: 2_000 },
    )
  })

  test("is associative: it does not matter in which order the news arrives", () => {
    fc.assert(
      fc.property(anyCircuits, anyCircuits, anyCircuits, (a, b, c) => {
        expect(mergeCircuits(mergeCircuits(a, b), c)).toEqual(mergeCircuits(a, mergeCircuits(b, c)))
      }),
      { numRuns: 2_000 },
    )
  })

  test("is idempotent: hearing the same twice changes nothing", () => {
    fc.assert(
      fc.property(anyCircuits, anyCircuits, (a, b) => {
        const merged = mergeCircuits(a, b)
        expect(mergeCircuits(merged, b)).toEqual(merged)
        expect(mergeCircuits(merged, merged)).toEqual(merged)
      }),
    )
  })

  test("survives the way through the store", () => {
    fc.assert(
      fc.property(anyCircuits, (circuits) => {
        expect(mergeCircuits({}, JSON.parse(JSON.stringify(circuits)))).toEqual(circuits)
      }),
    )
  })
})

describe("of two views the later one is", () => {
  const closed: Circuit = { ...closedCircuit, generation: 5 }
  const open: Circuit = { ...closed, state: "open", untilMs: 9, wakeableMs: 5, wakes: 0, reason: "it failed" }
  const halfOpen: Circuit = {
    ...closed,
    state: "half-open",
    reason: "it failed",
    wakes: 0,
    successes: 0,
    probes: 1,
  }
  const running: Circuit = { ...halfOpen, probe: { id: "a", untilMs: 9 } }
  test.each<[string, Circuit, Circuit]>([
    ["the newer generation, whatever its state", { ...open, generation: 6 }, closed],
    ["the half-open one of the same generation", halfOpen, open],
    ["the closed one of the same generation", closed, { ...halfOpen, successes: 1 }],
    ["the one with more successes", { ...halfOpen, successes: 1 }, { ...running, probes: 2 }],
    ["the one with more probes", { ...running, probes: 2 }, halfOpen],
    ["the one whose probe is over", halfOpen, running],
    ["the one that was cut short oftener", { ...open, wakes: 1 }, open],
    ["the one that can be cut short later", { ...open, wakeableMs: 6 }, open],
    ["the one that is open longer", { ...open, untilMs: 10 }, open],
  ])("%s", (_, later, earlier) => {
    expect(laterCircuit(later, earlier)).toBe(later)
    expect(laterCircuit(earlier, later)).toBe(later)
  })
})

test("who has forgotten a circuit and opens it anew is not overruled by those who remember it closed", () => {
  const rules = { openFor: () => 1_000, windowMs: 1 }
  const open = (circuit: Circuit, dateMs: number) =>
    opened(circuit, { reason: "it failed" }, { dateMs, chance: { next: () => 0 } }, rules)
  let remembered: Circuit = closedCircuit
  for (let day = 1; day < 100; day++) remembered = credited(open(remembered, day * 86_400_000), 1, 0)
  const anew = open(closedCircuit, 100 * 86_400_000)
  expect(laterCircuit(remembered, anew)).toBe(anew)
})

describe("the circuits of a target", () => {
  const open: Circuit = {
    ...closedCircuit,
    state: "open",
    generation: 1,
    untilMs: 10_000,
    wakeableMs: 5_000,
    wakes: 0,
    reason: "it failed",
  }

  test("keep models apart, also those with names every object has", () => {
    const circuits = withCircuit(withCircuit({}, "gpt-4o", open, 0), undefined, { ...open, generation: 2 }, 0)
    expect(circuitOf(circuits, "gpt-4o").generation).toBe(1)
    expect(circuitOf(circuits, undefined).generation).toBe(2)
    for (const model of ["", "constructor", "__proto__", "toString"])
      expect(circuitOf(circuits, model)).toBe(closedCircuit)
    expect(circuitOf(withCircuit({}, "__proto__", open, 0), "__proto__")).toEqual(open)
  })

  test("forget what nobody has needed for an hour", () => {
    const circuits = withCircuit({}, "old", open, 0)
    const before = withCircuit(circuits, "new", open, 10_000 + 3_599_999)
    const after = withCircuit(circuits, "new", open, 10_000 + 3_600_000)
    expect(circuitOf(before, "old")).toEqual(open)
    expect(circuitOf(after, "old")).toBe(closedCircuit)
  })
})
