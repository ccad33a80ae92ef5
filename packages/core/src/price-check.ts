import { must, required, shape } from "./options.ts"
import type { Check } from "./options.ts"
import type { Price } from "./target.ts"

const amount = must(
  "a number, not negative",
  (value) => typeof value === "number" && value >= 0 && value < Infinity,
)

/** What tokens cost. */
export const price: Check = shape<Price>({
  input: required(amount),
  output: required(amount),
  cachedInput: amount,
  cacheWrite: amount,
  longCacheWrite: amount,
  audioInput: amount,
  imageInput: amount,
  reasoning: amount,
  audioOutput: amount,
  imageOutput: amount,
})
