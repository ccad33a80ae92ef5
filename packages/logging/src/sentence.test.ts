import { expect, test } from "vitest"
import { sentence } from "./sentence.ts"
import type { Fields } from "./logger.ts"

test.each<[string, Fields, string]>([
  ["The store is lost", { cause: "Error" }, "The store is lost."],
  [
    "Opened",
    { target: "a/key-1", model: "gpt-4o", reason: "5 failed", forMs: 4_410 },
    "Opened: a/key-1, gpt-4o, for 4.4 s; 5 failed.",
  ],
  [
    "Health changed",
    { endpoint: "a", key: "key-2", from: "healthy", to: "degraded" },
    "Health changed: a/key-2, healthy → degraded.",
  ],
  ["Parked", { endpoint: "a", class: "credential", durationMs: 60_000 }, "Parked: a, for 60 s; credential."],
  ["Ended", { attempt: "x-1", target: "a/key-1", durationMs: 212 }, "Ended: a/key-1, after 0.2 s."],
  [
    "Low",
    { name: "a/key-1", unit: "requests", left: 3, limit: 120 },
    "Low: a/key-1, 3 of 120 requests left.",
  ],
  ["Low", { name: "daily", subject: "search", unit: "usd", left: 0 }, "Low: daily of search, 0 usd left."],
  ["Moved", { call: "x", from: "a/key-1", class: "overloaded" }, "Moved: from a/key-1; overloaded."],
  ["Moved", { to: "b" }, "Moved: now b."],
  ["Threw", { event: "circuit-opened", error: "TypeError" }, "Threw: circuit-opened."],
])("%s: of whom, for how long, and why is told where it is known", (words, fields, told) => {
  expect(sentence(words, fields)).toBe(told)
})
