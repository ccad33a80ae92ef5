import { bellwether } from "bellwether"
import type { EventType } from "bellwether"
import { defineEvent } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"

const names = [
  "call-started",
  "call-ended",
  "attempt-started",
  "attempt-committed",
  "attempt-ended",
  "target-refused",
  "circuit-opened",
  "retry-scheduled",
  "call-moved",
  "call-waited",
  "health-changed",
]

/** Calls to a primary that fails now and then, as everybody who watches sees them. */
async function run(listener: (() => unknown) | undefined) {
  const clock = virtualClock()
  const primary = scriptedProvider({
    clock,
    seed: 7,
    script: ["one", { kind: "status", status: 500 }, { kind: "stream-cut", afterContent: 1 }, "four"],
  })
  const backup = scriptedProvider({ clock, seed: 8, origin: "https://backup.test" })
  const pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-1" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-2" },
    ],
    fetch: scriptedFetch(primary, backup),
    clock,
    health: { probe: false },
  })
  let heard = 0
  if (listener !== undefined)
    for (const name of names) {
      const type: EventType<unknown> = defineEvent(name)
      pipeline.on(type, () => {
        heard++
        return listener() as void
      })
    }
  const answers: string[] = []
  for (let call = 0; call < 40; call++) {
    const body = JSON.stringify({
      model: "gpt-4o",
      stream: call % 2 === 0,
      messages: [{ role: "user", content: `Why ${call}?` }],
    })
    const asking = pipeline.call({ method: "POST", path: "/chat/completions", body })
    const read = asking.then((result) =>
      result.ok ? result.response.text().catch(() => "cut") : result.failure.code,
    )
    answers.push(await clock.runUntil(read))
  }
  const { total, successful, failed, attempts } = pipeline.metrics.snapshot()
  const asked = [primary.requests.length, backup.requests.length]
  await pipeline.close()
  return { heard, seen: { answers, asked, counted: { total, successful, failed, attempts } } }
}

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("a bug of somebody who watches")
    },
  ],
  ["rejects", () => Promise.reject(new Error("a bug of somebody who watches"))],
  ["never settles", () => new Promise(() => {})],
  ["is slow", () => Array.from({ length: 20_000 }, (_, number) => number).reduce((sum, each) => sum + each)],
])("no call, no answer, no request and no number changes when whoever listens %s", async (_, listener) => {
  const undisturbed = await run(undefined)
  const disturbed = await run(listener)
  expect(disturbed.heard).toBeGreaterThan(200)
  expect(disturbed.seen).toEqual(undisturbed.seen)
  expect(undisturbed.seen.counted.attempts.total).toBe(
    undisturbed.seen.asked[0]! + undisturbed.seen.asked[1]!,
  )
})
