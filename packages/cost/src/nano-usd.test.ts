import type { Price } from "@bellwether/core"
import fc from "fast-check"
import { expect, test } from "vitest"
import { nanoUsdOf, scaledBy } from "./nano-usd.ts"

const price: Price = {
  input: 2,
  output: 8,
  cachedInput: 0.5,
  cacheWrite: 2.5,
  longCacheWrite: 4,
  audioInput: 32,
  imageInput: 10,
  reasoning: 9,
  audioOutput: 64,
  imageOutput: 40,
}
const plain: Price = { input: 2, output: 8 }

test.each([
  ["input and output", { input: 1_000, output: 100 }, 2_800_000, 2_800_000],
  ["cached input", { input: 1_000, output: 0, cachedInput: 600 }, 1_100_000, 2_000_000],
  ["written caches", { input: 1_000, output: 0, cacheWrite: 400, longCacheWrite: 100 }, 2_350_000, 2_000_000],
  ["sound", { input: 100, output: 10, audioInput: 60, audioOutput: 10 }, 2_640_000, 280_000],
  ["pictures", { input: 100, output: 10, imageInput: 90, imageOutput: 10 }, 1_320_000, 280_000],
  ["reasoning", { input: 0, output: 100, reasoning: 80 }, 880_000, 800_000],
  ["nothing", { input: 0, output: 0 }, 0, 0],
])("%s has its price, or that of the others", (_, tokens, own, others) => {
  const usage = { ...tokens, estimated: false }
  expect(nanoUsdOf(price, usage)).toBe(own)
  expect(nanoUsdOf(plain, usage)).toBe(others)
})

test("a written cache without a price for an hour is priced as one for minutes", () => {
  const usage = { input: 100, output: 0, cacheWrite: 100, longCacheWrite: 100, estimated: false }
  expect(nanoUsdOf({ input: 2, output: 8, cacheWrite: 2.5 }, usage)).toBe(250_000)
})

test("a token that is both cached and sound is cached, and counted once", () => {
  expect(nanoUsdOf(price, { input: 10, output: 0, cachedInput: 8, audioInput: 8, estimated: false })).toBe(
    8 * 500 + 2 * 32_000,
  )
})

const tokens = fc.nat({ max: 2_000_000 })

test("tokens are never counted twice or not at all, whatever kinds a provider claims", () => {
  const usage = fc.record({
    input: tokens,
    output: tokens,
    cachedInput: tokens,
    cacheWrite: tokens,
    longCacheWrite: tokens,
    audioInput: tokens,
    imageInput: tokens,
    reasoning: tokens,
    audioOutput: tokens,
    imageOutput: tokens,
    estimated: fc.boolean(),
  })
  const everyKindAlike = Object.fromEntries(Object.keys(price).map((kind) => [kind, 3])) as unknown as Price
  fc.assert(
    fc.property(usage, (used) => {
      expect(nanoUsdOf(everyKindAlike, used)).toBe((used.input + used.output) * 3_000)
      expect(Number.isSafeInteger(nanoUsdOf(price, used))).toBe(true)
    }),
  )
})

test("a price at a discount is so in every kind", () => {
  expect(scaledBy(0.5)({ input: 2, output: 8, cachedInput: 0.5 })).toEqual({
    input: 1,
    output: 4,
    cachedInput: 0.25,
  })
})
