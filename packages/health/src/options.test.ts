import { describe, expect, test } from "vitest"
import { health } from "./health.ts"
import type { HealthOptions } from "./options.ts"

const faultOf = (options: unknown): string => {
  try {
    health(options as HealthOptions)
    return "none"
  } catch (error) {
    return (error as Error).message
  }
}

describe("options", () => {
  test.each([
    [{ failures: 3 }, /^health\.failures is not an option/],
    [{ probe: { interval: 3 } }, "health.probe.interval is not an option; did you mean intervalMs?"],
    [{ probe: true }, "health.probe must be something or false, not true."],
    [{ probe: { path: "models" } }, "health.probe.path must be a path that begins with a slash, not a text."],
    [{ probe: { status: [] } }, "health.probe.status must have at least 1 entry."],
    [{ probe: { status: [99] } }, "health.probe.status[0] must be an HTTP status, not 99."],
    [
      { probe: { body: "{}" } },
      "health.probe.body can not be sent with GET: choose another method, such as POST.",
    ],
    [{ probe: { completion: { model: "gpt-4o" } } }, "health.probe.completion.dailyCap is missing."],
    [{ slowFactor: 1 }, "health.slowFactor must be a number above 1, not 1."],
    [{ failureShare: 0 }, "health.failureShare must be a share above 0, up to 1, not 0."],
    [
      { ejectMs: 9_000, maxEjectMs: 5_000 },
      "health.ejectMs (9000) must not be longer than maxEjectMs (5000).",
    ],
  ])("%j is refused", (options, sentence) => {
    expect(faultOf(options)).toMatch(sentence)
  })

  test.each([
    {},
    { probe: false },
    { probe: { method: "POST", path: "/ping", body: "{}", completion: { model: "gpt-4o", dailyCap: 3 } } },
    { failureShare: false, slowFactor: false, ejectMs: 60_000 },
  ])("%j is fine", (options) => {
    expect(faultOf(options)).toBe("none")
  })
})
