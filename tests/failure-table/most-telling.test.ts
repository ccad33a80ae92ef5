import { expect, test } from "vitest"
import { setUp } from "./stage.ts"
import { error, fault } from "./trouble.ts"
import type { Trouble } from "./trouble.ts"

const reset = fault("a reset", { kind: "connection-reset" })
const refusal = fault("a refusal", { kind: "refuse" })
const webPage = fault("a web page", { kind: "body-html" })
const hinted = fault("a 429 with a hint", {
  kind: "error",
  error: "rate-limited",
  retryAfter: { as: "seconds", ms: 55_000 },
})

/** What each endpoint does, and which of it the caller should hear of. */
const cases: readonly {
  readonly a: Trouble
  readonly b: Trouble
  readonly c: Trouble
  readonly told: { readonly status: number; readonly class: string; readonly retryAfter?: string }
}[] = [
  {
    a: error("invalid-key"),
    b: error("server-error"),
    c: reset,
    told: { status: 500, class: "server-error" },
  },
  { a: refusal, b: hinted, c: error("server-error"), told: { status: 429, class: "rate-limited" } },
  {
    a: error("invalid-key"),
    b: hinted,
    c: error("unavailable"),
    told: { status: 429, class: "rate-limited" },
  },
  { a: reset, b: webPage, c: error("unavailable"), told: { status: 503, class: "overloaded" } },
  { a: error("model-missing"), b: reset, c: refusal, told: { status: 404, class: "model-missing" } },
  { a: refusal, b: error("invalid-key"), c: webPage, told: { status: 401, class: "credential" } },
  { a: reset, b: webPage, c: refusal, told: { status: 502, class: "broken-response" } },
  {
    a: error("server-error"),
    b: error("context-length"),
    c: error("server-error"),
    told: { status: 400, class: "context-length" },
  },
  {
    a: error("insufficient-quota"),
    b: reset,
    c: error("invalid-key"),
    told: { status: 429, class: "quota-exhausted" },
  },
]

test.concurrent.each(cases)(
  "of $a.name, $b.name and $c.name the caller is told of $told.class",
  async ({ a, b, c, told }) => {
    await using stage = await setUp({
      setting: "several",
      struck: [
        ["a1 a2", a],
        ["b1", b],
        ["c1", c],
      ],
    })
    const { result, response } = await stage.call("chat")
    expect(result).toMatchObject({ ok: false, failure: { class: told.class } })
    expect(response.status).toBe(told.status)
  },
)

test("a call that every target refuses for its rate is told so, why of each, and when the first is back", async () => {
  await using stage = await setUp({
    setting: "several",
    struck: [["a1 a2 b1 c1", hinted]],
    with: { router: { onUnavailable: "fail" } },
  })
  await stage.call("chat")
  const before = stage.asked
  const { result, response } = await stage.call("chat")
  expect(stage.asked).toBe(before)
  expect(result).toMatchObject({ ok: false, failure: { class: "rate-limited", code: "rate-limited" } })
  expect(!result.ok && result.failure.message).toMatch(/a\/a1 \(too many requests.*c\/c1 \(too many requests/)
  expect(response.status).toBe(429)
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(20)
})
