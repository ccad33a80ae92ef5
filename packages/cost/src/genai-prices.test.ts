import { calcPrice } from "@pydantic/genai-prices"
import { expect, test } from "vitest"
import { genaiPrices } from "./genai-prices.ts"
import type { CalculatePrice } from "./genai-prices.ts"
import type { PriceQuestion } from "./price-book.ts"

const dateMs = Date.UTC(2026, 8, 23)
const book = genaiPrices(calcPrice)
const ask = (model: string, more: Partial<PriceQuestion> = {}) => book.price({ model, dateMs, ...more })

test.each([
  ["gpt-4o", { input: 2.5, output: 10, cachedInput: 1.25 }],
  ["openai/gpt-4o", { input: 2.5, output: 10, cachedInput: 1.25 }],
  [
    "claude-sonnet-4-20250514",
    { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, longCacheWrite: 6 },
  ],
  ["gpt-image-1", { input: 5, output: 40, cachedInput: 1.25, imageInput: 10 }],
  ["gpt-4o-realtime-preview", { input: 5, output: 20, cachedInput: 2.5, audioInput: 40, audioOutput: 80 }],
  ["nobody's model", undefined],
  ["nobody/gpt-4o", undefined],
  ["whisper-1", undefined],
  ["gpt-".padEnd(500, "4"), undefined],
])("%s costs what the package says", (model, price) => {
  expect(ask(model)).toEqual(price)
})

test("a model may have another price at another provider", () => {
  expect(ask("openai/gpt-4o", { provider: "openrouter" })).toMatchObject({ input: 2.5 })
  expect(ask("gpt-4o", { provider: "anthropic" })).toBeUndefined()
})

test("embeddings have no output to pay for", () => {
  expect(ask("text-embedding-3-small", { provider: "openai" })).toEqual({ input: 0.02, output: 0 })
})

test("long requests cost more where the provider says so", () => {
  expect(ask("gemini-2.5-pro", { inputTokens: 200_000 })).toMatchObject({ input: 1.25, output: 10 })
  expect(ask("gemini-2.5-pro", { inputTokens: 200_001 })).toMatchObject({ input: 2.5, output: 15 })
})

test("prices change with the date", () => {
  const long = { inputTokens: 300_000 }
  expect(ask("claude-sonnet-4-6", { ...long, dateMs: Date.UTC(2026, 2, 12) })?.input).toBe(6)
  expect(ask("claude-sonnet-4-6", { ...long, dateMs: Date.UTC(2026, 2, 14) })?.input).toBe(3)
})

test("the tables are looked through once a minute for each model, and a flood of names is forgotten", () => {
  let looks = 0
  const counting: CalculatePrice = (...asked) => {
    looks++
    return calcPrice(...asked)
  }
  const counted = genaiPrices(counting)
  for (let time = 0; time < 100; time++) counted.price({ model: "gpt-4o", dateMs: dateMs + time })
  expect(looks).toBe(1)
  counted.price({ model: "gpt-4o", dateMs: dateMs + 60_000 })
  expect(looks).toBe(2)
  for (let name = 0; name < 1_000; name++) counted.price({ model: `m${name}`, dateMs: dateMs + 60_000 })
  expect(counted.price({ model: "gpt-4o", dateMs: dateMs + 60_000 })?.input).toBe(2.5)
  expect(looks).toBe(1_003)
})
