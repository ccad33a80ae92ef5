import fc from "fast-check"
import { expect, test } from "vitest"
import { readUsage } from "./usage.ts"

test.each([
  [
    "OpenAI's chat",
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 3 },
    },
    { input: 10, output: 5, cachedInput: 4, reasoning: 3 },
  ],
  [
    "OpenAI's Responses",
    {
      input_tokens: 10,
      output_tokens: 5,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens_details: { reasoning_tokens: 3 },
    },
    { input: 10, output: 5, cachedInput: 4, reasoning: 3 },
  ],
  [
    "DeepSeek",
    { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 4 },
    { input: 10, output: 5, cachedInput: 6 },
  ],
  [
    "Anthropic",
    { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 80, cache_creation_input_tokens: 10 },
    { input: 100, output: 5, cachedInput: 80 },
  ],
  ["embeddings", { prompt_tokens: 10, total_tokens: 10 }, { input: 10, output: 0 }],
])("usage is read from %s", (_, value, usage) => {
  expect(readUsage(value)).toEqual({ ...usage, estimated: false })
})

test.each([undefined, null, {}, [], "x", { seconds: 3 }, { prompt_tokens: "10" }, { prompt_tokens: -1 }])(
  "there is none in %j",
  (value) => {
    expect(readUsage(value)).toBeUndefined()
  },
)

test("usage is never negative, infinite or no number", () => {
  const tokens = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.constant(null))
  fc.assert(
    fc.property(
      fc.record({ prompt_tokens: tokens, completion_tokens: tokens, cache_read_input_tokens: tokens }),
      (value) => {
        const { input = 0, output = 0 } = readUsage(value) ?? {}
        for (const count of [input, output]) {
          expect(count).toBeGreaterThanOrEqual(0)
          expect(Number.isNaN(count)).toBe(false)
        }
      },
    ),
  )
})
