import { expect, test } from "vitest"
import { readDuration } from "./duration.ts"
import { readMessageHint } from "./message-hint.ts"

test.each([
  ["6m0s", 360_000],
  ["1s", 1000],
  ["20ms", 20],
  ["2m59.56s", 179_560],
  ["1h", 3_600_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["2 minutes 13 seconds", 133_000],
  ["1 Hour", 3_600_000],
  [" 500ms ", 500],
  ["0s", 0],
])("a duration of %j is %i ms", (text, delayMs) => {
  expect(readDuration(text)).toBeCloseTo(delayMs)
})

test.each(["", "5", "s", "-1s", "1s ago", "1x", "1sm", "1e3s", "NaNs", "1.2.3s", "1s".repeat(100)])(
  "%j is no duration",
  (text) => {
    expect(readDuration(text)).toBeUndefined()
  },
)

test("a message asks for a wait only in words that say so", () => {
  expect(readMessageHint("Limit 500. Please try again in 1m2s.")).toBe(62_000)
  expect(readMessageHint("retry after 99999999999999999999 days")).toBeUndefined()
  expect(readMessageHint("It took 5 seconds")).toBeUndefined()
  expect(readMessageHint("try again in a moment")).toBeUndefined()
  expect(readMessageHint(undefined)).toBeUndefined()
})

test("a hostile message is read in linear time", () => {
  expect(readMessageHint(`try again in ${"1m".repeat(50_000)}`)).toBeUndefined()
})
