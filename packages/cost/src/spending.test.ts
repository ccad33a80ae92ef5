import fc from "fast-check"
import { expect, test } from "vitest"
import { outcomes } from "./outcome.ts"
import { SpendingTally } from "./spending.ts"
import type { Spending, Spent } from "./spending.ts"

const amount = fc.nat({ max: 1_000_000_000 })
const usage = fc.record({
  input: fc.nat({ max: 100_000 }),
  output: fc.nat({ max: 100_000 }),
  cachedInput: fc.nat({ max: 100_000 }),
  estimated: fc.boolean(),
})
const cost = fc.oneof(
  fc.record({ nanoUsd: amount, usage }),
  fc.record({ nanoUsd: fc.constant(undefined), usage }),
  fc.constant({ nanoUsd: undefined, usage: undefined }),
)
const spent: fc.Arbitrary<Spent> = fc.record({
  outcome: fc.constantFrom(...outcomes),
  cost,
  referenceNanoUsd: fc.option(amount, { nil: undefined }),
})

const tallied = (all: readonly Spent[]): Spending => {
  const tally = new SpendingTally()
  for (const each of all) tally.add(each)
  return tally.read()
}

test("the outcomes add up to the whole, and nobody's cost is taken for nothing", () => {
  fc.assert(
    fc.property(fc.array(spent), (all) => {
      const { attempts, nanoUsd, outcomes: parts, estimated, unknown, compared, tokens } = tallied(all)
      const amounts = Object.values(parts)
      expect(amounts.reduce((sum, part) => sum + part.attempts, 0)).toBe(attempts)
      expect(amounts.reduce((sum, part) => sum + part.nanoUsd, 0)).toBe(nanoUsd)
      expect(attempts).toBe(all.length)
      expect(unknown.noPrice + unknown.noUsage).toBe(
        all.filter((each) => each.cost.nanoUsd === undefined).length,
      )
      expect(estimated.nanoUsd).toBeLessThanOrEqual(nanoUsd)
      expect(compared.nanoUsd).toBeLessThanOrEqual(nanoUsd)
      expect(compared.tokens).toBeLessThanOrEqual(tokens.input + tokens.output)
    }),
  )
})

test("the order of attempts does not matter, to the nano-USD", () => {
  const shuffled = fc
    .array(spent)
    .chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    )
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(tallied(one)).toEqual(tallied(other))
    }),
  )
})

test("a million attempts do not drift", () => {
  const tally = new SpendingTally()
  const each: Spent = {
    outcome: "answered",
    cost: { nanoUsd: 1_234_567, usage: { input: 1, output: 1, estimated: false } },
    referenceNanoUsd: 3,
  }
  for (let time = 0; time < 1_000_000; time++) tally.add(each)
  expect(tally.read().nanoUsd).toBe(1_234_567_000_000)
})
