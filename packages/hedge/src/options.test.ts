import { expect, test } from "vitest"
import { hedge } from "./index.ts"

test.each<[object, string]>([
  [{ percentile: 95 }, "hedge.percentile must be a share between 0 and 1, such as 0.95, not 95."],
  [{ percentile: 1 }, "hedge.percentile must be a share between 0 and 1"],
  [{ maxExtra: 0 }, "hedge.maxExtra must be a share above 0, up to 1, not 0."],
  [{ maxExtra: 5 }, "hedge.maxExtra must be a share above 0, up to 1, not 5."],
  [{ minimumSamples: 0 }, "hedge.minimumSamples must be a whole number of at least 1"],
  [{ windowMs: 0 }, "hedge.windowMs must be a number of milliseconds above 0"],
  [{ delay: 1 }, "hedge.delay is not an option; did you mean delayMs?"],
  [
    { delayMs: 1_000, floorMs: 500 },
    "hedge.floorMs has no effect beside delayMs, with which nothing is learned.",
  ],
])("%o is refused", (options, sentence) => {
  expect(() => hedge(options)).toThrow(sentence)
})

test("all of them can be given, and none", () => {
  const learned = { percentile: 0.9, minimumSamples: 10, windowMs: 60_000, floorMs: 0, maxExtra: 1 }
  expect(() => [hedge(), hedge(learned), hedge({ delayMs: 1, maxExtra: 0.1 })]).not.toThrow()
})
