import { instead, listed, shortened } from "./option-wording.ts"
import { must } from "./options.ts"
import type { Check } from "./options.ts"

/** A text with something in it. */
export const text: Check = must(
  "a text that is not blank",
  (value) => typeof value === "string" && value.trim() !== "",
)

/** True or false. */
export const flag: Check = must("true or false", (value) => typeof value === "boolean")

/** A function. */
export const callable: Check = must("a function", (value) => typeof value === "function")

/** How many, where none would make no sense. */
export const count: Check = must(
  "a whole number of at least 1",
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
)

/** How many, none included. */
export const wholeNumber: Check = must(
  "a whole number of at least 0",
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
)

/** A duration, zero included. */
export const milliseconds: Check = must(
  "a number of milliseconds of at least 0",
  (value) => Number.isFinite(value) && Number(value) >= 0,
)

/** A duration, where zero would make no sense. */
export const positiveMilliseconds: Check = must(
  "a number of milliseconds above 0",
  (value) => Number.isFinite(value) && Number(value) > 0,
)

/** A share from 0 to 1. */
export const ratio: Check = must(
  "a number from 0 to 1",
  (value) => typeof value === "number" && value >= 0 && value <= 1,
)

/** An absolute address. */
export const url: Check = must("an absolute URL such as https://api.openai.com/v1", (value) => {
  if (typeof value !== "string" || !URL.canParse(value)) return false
  return ["http:", "https:"].includes(new URL(value).protocol)
})

/** One of these words. */
export const oneOf = (words: readonly string[]): Check => {
  const isAny = must(listed(words.map(quoted)), (value) => words.includes(value as string))
  return (value, path) =>
    typeof value === "string" && !words.includes(value)
      ? [`${path} can not be ${quoted(shortened(value))}; ${instead(value, words)}`]
      : isAny(value, path)
}

const quoted = (word: string): string => `"${word}"`
