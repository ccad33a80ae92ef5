import { expect, test } from "vitest"
import { isEventStream, isJson } from "./content-type.ts"

test.each(["text/event-stream", "text/event-stream; charset=utf-8", "Text/Event-Stream;x"])(
  "%s is an event stream",
  (contentType) => {
    expect(isEventStream(contentType)).toBe(true)
    expect(isJson(contentType)).toBe(false)
  },
)

test.each([
  "application/json",
  "application/json; charset=utf-8",
  "APPLICATION/JSON",
  "application/problem+json",
  "text/json",
])("%s is JSON", (contentType) => {
  expect(isJson(contentType)).toBe(true)
  expect(isEventStream(contentType)).toBe(false)
})

test.each([
  null,
  "",
  "text/html",
  "application/jsonl",
  "application/x-ndjson",
  "text/event-stream-x",
  "audio/mpeg",
])("%s is neither", (contentType) => {
  expect(isEventStream(contentType)).toBe(false)
  expect(isJson(contentType)).toBe(false)
})
