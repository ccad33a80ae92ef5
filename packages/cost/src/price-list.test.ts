import { expect, test } from "vitest"
import { priceList } from "./price-list.ts"

const list = priceList({
  "gpt-4o": { input: 2.5, output: 10 },
  "gpt-*": { input: 2, output: 8 },
  "gpt-4o-mini*": { input: 0.15, output: 0.6 },
})

test.each([
  ["gpt-4o", 2.5],
  ["gpt-4o-mini", 0.15],
  ["gpt-4o-mini-2024-07-18", 0.15],
  ["gpt-4.1", 2],
  ["claude-sonnet-4-5", undefined],
  ["__proto__", undefined],
])("%s costs %s: by its exact name, else by its longest beginning", (model, input) => {
  expect(list.price({ model, dateMs: 0 })?.input).toBe(input)
})

test.each(["", " ", "*-mini", "gpt-*-mini"])(
  "a model named %j is refused: nothing would ever be it",
  (name) => {
    expect(() => priceList({ [name]: { input: 1, output: 1 } })).toThrow(
      expect.objectContaining({ code: "invalid-options" }),
    )
  },
)

test("a price for all is fine", () => {
  expect(priceList({ "*": { input: 1, output: 1 } }).price({ model: "m", dateMs: 0 })?.input).toBe(1)
})

test("a price that is none is refused", () => {
  const wrong = { "gpt-4o": { input: -1, output: 10, cached: 1 } }
  expect(() => priceList(wrong)).toThrow(
    expect.objectContaining({
      code: "invalid-options",
      faults: [
        expect.stringContaining('priceList["gpt-4o"].cached is not an option'),
        expect.stringContaining('priceList["gpt-4o"].input must be'),
      ],
    }),
  )
})
