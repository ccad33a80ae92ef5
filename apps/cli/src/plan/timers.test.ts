import { seededRandom } from "@bellwether/core"
import type { Fetch } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import { bellwether, CircuitOpened } from "bellwether"
import { expect, test } from "vitest"
import { backup, primary } from "../../test/subject.ts"

/** The primary hangs, the backup answers. */
const primaryHangs: Fetch = (url, { signal }) =>
  url.startsWith(primary.baseURL)
    ? new Promise((_resolve, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason as Error)),
      )
    : Promise.resolve(Response.json({ choices: [{ message: { content: "Yes." }, finish_reason: "stop" }] }))

// What the finding of a limit that comes too late says.
test.for([
  [239_998, 0],
  [240_000, 1],
] as const)(
  "under a deadline of %d ms a target that hangs for the usual 120 s opens %d circuits",
  async ([deadlineMs, opened]) => {
    const clock = virtualClock()
    await using pipeline = bellwether({
      endpoints: [primary, backup],
      deadlineMs,
      fetch: primaryHangs,
      clock,
      random: seededRandom("hangs"),
      health: false,
    })
    let openings = 0
    pipeline.on(CircuitOpened, () => (openings += 1))
    const body = JSON.stringify({ model: "gpt-4o", messages: [] })
    const calls = Array.from({ length: 6 }, () =>
      pipeline.call({ path: "/chat/completions", method: "POST", body }),
    )
    const results = await clock.runUntil(Promise.all(calls))
    expect(results.map(({ ok }) => ok)).toEqual(Array.from({ length: 6 }, () => true))
    expect(openings).toBe(opened)
  },
)
