import { PipelineError } from "@bellwether/core"
import { expect, test } from "vitest"
import { rateLimit } from "./index.ts"
import type { RateLimitOptions } from "./index.ts"

test.each<[unknown, string]>([
  [{ per: "key" }, 'rateLimit.per can not be "key"'],
  [{ concurrency: true }, "rateLimit.concurrency must be an object or false, not true."],
  [{ concurrency: { start: 0 } }, "rateLimit.concurrency.start must be a whole number of at least 1, not 0."],
  [{ concurrency: { start: 300 } }, "rateLimit.concurrency.start (300) must not be more than max (256)."],
  [
    { limits: [{ endpoint: "a" }] },
    "rateLimit.limits[0] limits nothing: give it requestsPerMinute or tokensPerMinute.",
  ],
  [{ limits: [{ requestsPerMinute: 5 }] }, "rateLimit.limits[0].endpoint is missing."],
  [
    { limits: [{ endpoint: "a", tokensPerMinute: 0 }] },
    "rateLimit.limits[0].tokensPerMinute must be a number above 0, not 0.",
  ],
  [
    { per: "target", limits: [{ endpoint: "a", model: "m", tokensPerMinute: 1 }] },
    'rateLimit.limits[0].model has no effect while `per` is "target".',
  ],
  [{ maxWaitMs: 0 }, "rateLimit.maxWaitMs must be a number of milliseconds above 0, not 0."],
  [{ maxWait: 5 }, "rateLimit.maxWait is not an option"],
])("%j is refused", (options, sentence) => {
  const refused = (): unknown => rateLimit(options as RateLimitOptions)
  expect(refused).toThrow(sentence)
  expect(refused).toThrow(expect.toSatisfy((error) => PipelineError.is(error, "invalid-options")))
})

test("a start without a maximum may be as high as that", () => {
  expect(() => rateLimit({ concurrency: { start: 256 } })).not.toThrow()
})
