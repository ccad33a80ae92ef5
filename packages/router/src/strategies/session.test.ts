import type { Call, CallRequest } from "@bellwether/core"
import { expect, test } from "vitest"
import { Session, sessionOf } from "./session.ts"

const saying = (session?: string): Call => ({ hint: () => session }) as Pick<Call, "hint"> as Call
const asking = (body: CallRequest["body"]): CallRequest => ({
  method: "POST",
  path: "/chat/completions",
  query: "",
  headers: {},
  body,
})

const long = "You are a helpful assistant. ".repeat(100)
const chat = (more: object, content = "Hi"): string =>
  JSON.stringify({ model: "m", messages: [{ role: "user", content }], ...more })

test.each<readonly [string, CallRequest["body"], string | undefined]>([
  ["the cache key", chat({ prompt_cache_key: "k-1", user: "u-1" }), "k-1"],
  ["the user", chat({ user: "u-1" }), "u-1"],
  ["the user behind a long prompt", chat({ user: "u-1" }, long.repeat(10)), "u-1"],
  ["the same of bytes", new TextEncoder().encode(chat({ user: "u-1" }, long.repeat(10))), "u-1"],
  ["nothing of a short prompt", chat({}), undefined],
  ["nothing of a prompt that only speaks of a user", chat({}, `{"user": "eve"}`), undefined],
  ["nothing of a user that is no text", chat({ user: 7 }), undefined],
  ["nothing of no body", undefined, undefined],
  ["nothing of a form", new FormData(), undefined],
  ["nothing of what is no JSON", long, undefined],
])("a session is read from %s", (_title, body, session) => {
  expect(sessionOf(saying(), asking(body))).toBe(session)
})

test("what the caller says comes before what the request shows", () => {
  expect(sessionOf(saying("s-1"), asking(chat({ user: "u-1" })))).toBe("s-1")
})

test("prompts that begin alike belong together, whatever comes later", () => {
  const beginning = (content: string) => {
    const messages = [
      { role: "system", content: long },
      { role: "user", content },
    ]
    return sessionOf(saying(), asking(JSON.stringify({ model: "m", messages })))
  }
  expect(beginning("One?")).toBeDefined()
  expect(beginning("One?")).toBe(beginning("Another?"))
  expect(beginning("One?")).not.toBe(sessionOf(saying(), asking(chat({}, long))))
})

test.each([
  ["s-1", "s-1"],
  ["", undefined],
  ["x".repeat(201), undefined],
])("the hint %j is read as %j", (text, session) => {
  expect(Session.read(text)).toBe(session)
})
