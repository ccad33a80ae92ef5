import { expect, test } from "vitest"
import { createStreamReader } from "../stream-reader.ts"

test("a stream in an unknown grammar has content in its first data and may end anywhere", () => {
  const reader = createStreamReader(undefined)
  expect(reader.complete).toBe(true)
  expect(reader.read({ data: "", end: 0 }).kind).toBe("other")
  expect(reader.hasContent).toBe(false)
  expect(reader.read({ type: "speech.audio.delta", data: '{"audio":"x"}', end: 0 }).kind).toBe("content")
  expect(reader.read({ data: "not JSON", end: 0 }).kind).toBe("content")
  expect(reader.hasContent).toBe(true)
  expect(reader.read({ data: "[DONE]", end: 0 }).kind).toBe("final")
  expect(reader).toMatchObject({ final: true, complete: true })
})

test("a stream in an unknown grammar may hold an error before and behind its content", () => {
  const reader = createStreamReader(undefined)
  const error = { kind: "error", error: { message: "x" } }
  expect(reader.read({ data: '{"error":{"message":"x"}}', end: 0 })).toEqual(error)
  expect(reader.read({ data: '{"text":"a"}', end: 0 }).kind).toBe("content")
  expect(reader.read({ data: '{"error":{"message":"x"}}', end: 0 })).toEqual(error)
  expect(reader.read({ type: "error", data: '{"message":"x"}', end: 0 })).toEqual(error)
  expect(reader.read({ data: '{"text":"the word \\"error\\""}', end: 0 }).kind).toBe("content")
})
