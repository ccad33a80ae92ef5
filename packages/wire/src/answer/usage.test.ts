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
    { input: 100, output: 5, cachedInput: 80, cacheWrite: 10 },
  ],
  [
    "Anthropic, with a part that is cached for an hour",
    {
      input_tokens: 10,
      output_tokens: 5,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    },
    { input: 40, output: 5, cachedInput: 0, cacheWrite: 30, longCacheWrite: 20 },
  ],
  [
    "OpenAI's chat with sound",
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 6 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 4 },
    },
    { input: 10, output: 5, cachedInput: 0, audioInput: 6, reasoning: 0, audioOutput: 4 },
  ],
  [
    "OpenAI's images",
    {
      input_tokens: 50,
      output_tokens: 4160,
      total_tokens: 4210,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      output_tokens_details: { text_tokens: 160, image_tokens: 4000 },
    },
    { input: 50, output: 4160, imageInput: 40, imageOutput: 4000 },
  ],
  [
    "OpenAI's transcriptions",
    { type: "tokens", input_tokens: 14, output_tokens: 5, input_token_details: { audio_tokens: 14 } },
    { input: 14, output: 5, audioInput: 14 },
  ],
  [
    "xAI, which counts reasoning beside the answer",
    {
      prompt_tokens: 10,
      completion_tokens: 1,
      total_tokens: 397,
      completion_tokens_details: { reasoning_tokens: 386 },
    },
    { input: 10, output: 387, reasoning: 386 },
  ],
  [
    "Gemini, which does so without a word",
    { prompt_tokens: 20, completion_tokens: 151, total_tokens: 553 },
    { input: 20, output: 533 },
  ],
  [
    "LiteLLM, which says Anthropic's counts once more",
    {
      prompt_tokens: 100,
      completion_tokens: 5,
      total_tokens: 105,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 10,
    },
    { input: 100, output: 5, cachedInput: 80, cacheWrite: 10 },
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

test.each([1e308, Infinity, Number.NaN, -1, 0.5, 2 ** 53, 1e10 + 1])(
  "usage of %d tokens is none, whatever else it tells",
  (absurd) => {
    expect(readUsage({ prompt_tokens: absurd, completion_tokens: 5 })).toBeUndefined()
    expect(readUsage({ input_tokens: 5, output_tokens: absurd })).toBeUndefined()
  },
)

test("a part is never more than its whole, and one that can not be is left out", () => {
  expect(
    readUsage({
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 1e308,
      prompt_tokens_details: { cached_tokens: 50, audio_tokens: 0.5 },
      completion_tokens_details: { reasoning_tokens: 7, image_tokens: 1e300 },
    }),
  ).toEqual({ input: 10, output: 5, cachedInput: 10, reasoning: 5, estimated: false })
})

test("usage is whole, small enough to be summed, and none of its parts is more than it", () => {
  const tokens = fc.oneof(fc.double(), fc.integer(), fc.maxSafeNat(), fc.string(), fc.constant(null))
  const details = fc.record({ cached_tokens: tokens, audio_tokens: tokens, reasoning_tokens: tokens })
  fc.assert(
    fc.property(
      fc.record(
        {
          prompt_tokens: tokens,
          input_tokens: tokens,
          completion_tokens: tokens,
          total_tokens: tokens,
          cache_read_input_tokens: tokens,
          cache_creation_input_tokens: tokens,
          prompt_tokens_details: details,
          completion_tokens_details: details,
        },
        { requiredKeys: [] },
      ),
      (value) => {
        const { input = 0, output = 0, ...rest } = readUsage(value) ?? {}
        const { estimated: _, ...parts } = { estimated: false, ...rest }
        for (const count of [input, output, ...Object.values(parts)]) {
          expect(Number.isInteger(count)).toBe(true)
          expect(count).toBeGreaterThanOrEqual(0)
          expect(count).toBeLessThanOrEqual(3e10)
        }
        const { cachedInput = 0, cacheWrite = 0, audioInput = 0, reasoning = 0 } = parts
        expect(Math.max(cachedInput, cacheWrite, audioInput)).toBeLessThanOrEqual(input)
        expect(reasoning).toBeLessThanOrEqual(output)
      },
    ),
  )
})
