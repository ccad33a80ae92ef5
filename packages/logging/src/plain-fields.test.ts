import fc from "fast-check"
import { expect, test } from "vitest"
import { oneLine } from "./one-line.ts"
import { plainFields } from "./plain-fields.ts"

test("numbers, flags, texts, ids and scopes are told; times of the clock as durations", () => {
  const data = {
    target: { id: "primary/key-1", endpoint: "primary", secret: "planted" },
    scope: { endpoint: "primary", key: "key-1" },
    model: "gpt-4o",
    reason: "5 in a row failed",
    untilMs: 5_000.4,
    strikes: 2,
    shortened: true,
    durationMs: 1_234.56,
    nothing: undefined,
    empty: null,
  }
  expect(plainFields(data, 2_000)).toEqual({
    target: "primary/key-1",
    endpoint: "primary",
    key: "key-1",
    model: "gpt-4o",
    reason: "5 in a row failed",
    forMs: 3_000,
    strikes: 2,
    shortened: true,
    durationMs: 1_235,
  })
})

test("of an error its name and code are told, never its words", () => {
  const cause = Object.assign(new RangeError("redis://user:planted@host"), { code: "ECONNREFUSED" })
  expect(plainFields({ cause }, 0)).toEqual({ cause: "RangeError", causeCode: "ECONNREFUSED" })
  expect(plainFields({ cause: { message: "planted" }, error: "plain" }, 0)).toEqual({ error: "plain" })
})

test("whatever an event carries, fields are plain, short, and on one line", () => {
  fc.assert(
    fc.property(fc.object(), fc.integer(), (data, nowMs) => {
      for (const value of Object.values(plainFields(data, nowMs)))
        expect(typeof value === "string" ? oneLine(value) === value : isPlain(value)).toBe(true)
    }),
  )
})

const isPlain = (value: unknown): boolean => ["number", "boolean"].includes(typeof value)

test.each([undefined, null, "text", 7, []])("of %j nothing is told", (data) => {
  expect(plainFields(data, 0)).toEqual({})
})

test("a text has one line and at most 200 letters", () => {
  expect(oneLine("a\r\nb\u2028c\u001b[31md")).toBe("a b c [31md")
  expect(oneLine("x".repeat(500))).toHaveLength(200)
})
