import fc from "fast-check"
import { expect, test } from "vitest"
import { Allowance } from "./allowance.ts"

test("twenty calls bring in a hedge, and nothing is given in advance", () => {
  const allowance = new Allowance(0.05)
  for (let calls = 0; calls < 19; calls++) allowance.earn()
  expect([allowance.left, allowance.spend()]).toEqual([0, false])
  allowance.earn()
  expect([allowance.left, allowance.spend(), allowance.spend()]).toEqual([1, true, false])
})

test("no more than ten hedges are saved up", () => {
  const allowance = new Allowance(0.05)
  for (let calls = 0; calls < 1_000; calls++) allowance.earn()
  expect(allowance.left).toBe(10)
})

test("a hedge that was not made is given back", () => {
  const allowance = new Allowance(1)
  allowance.earn()
  expect(allowance.spend()).toBe(true)
  allowance.giveBack()
  expect(allowance.left).toBe(1)
})

test("there never are more hedges than the share of the calls so far", () => {
  const share = fc.double({ min: 0.001, max: 1, noNaN: true })
  fc.assert(
    fc.property(share, fc.array(fc.boolean(), { maxLength: 2_000 }), (maxExtra, isLate) => {
      const allowance = new Allowance(maxExtra)
      let hedges = 0
      for (const [calls, late] of isLate.entries()) {
        allowance.earn()
        if (late && allowance.spend()) hedges++
        expect(hedges).toBeLessThanOrEqual((calls + 1) * maxExtra * (1 + 1e-9))
      }
    }),
  )
})
