import { expect, test } from "vitest"
import { createStreamReader } from "../stream/stream-reader.ts"
import { estimateInput, estimateTokens } from "./estimate.ts"

test("four characters are a token", () => {
  expect(estimateTokens(0)).toBe(0)
  expect(estimateTokens(9)).toBe(3)
})

test.each([
  ["messages", { model: "x".repeat(400), messages: [{ role: "user", content: "a".repeat(400) }] }, 101],
  ["parts", { messages: [{ content: [{ type: "text", text: "a".repeat(396) }] }] }, 100],
  ["an input and instructions", { input: "a".repeat(40), instructions: "b".repeat(40) }, 20],
  ["an image", { messages: [{ image_url: { url: `data:image/png;base64,${"A".repeat(9_999)}` } }] }, 0],
  ["base64", { messages: [{ source: { data: "A".repeat(9_999) } }] }, 0],
])("the input of a request with %s is what a model reads of it", (_, body, tokens) => {
  expect(estimateInput(JSON.stringify(body))).toBe(tokens)
  expect(estimateInput(new TextEncoder().encode(JSON.stringify(body)))).toBe(tokens)
})

test("a body that is no JSON object has no input to tell of", () => {
  expect(estimateInput("--boundary")).toBe(0)
  expect(estimateInput("[1]")).toBe(0)
})

test("a body that is a hundred thousand levels deep is read to its end", () => {
  const deep = `${"[".repeat(100_000)}"12345678"${"]".repeat(100_000)}`
  expect(estimateInput(`{"messages":${deep}}`)).toBe(2)
})

test("the output of a stream is measured without reading its text", () => {
  const reader = createStreamReader("chat")
  expect(reader.estimatedOutput).toBe(0)
  const say = (delta: object) =>
    reader.read({
      data: JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: null }] }),
      end: 0,
    })
  say({ role: "assistant" })
  for (let index = 0; index < 10; index++) say({ content: "12345678" })
  expect(reader.estimatedOutput).toBe(20)
})

test("content without text counts an event as a token", () => {
  const reader = createStreamReader("chat")
  const delta = { tool_calls: [{ index: 0, function: { arguments: "{" } }] }
  for (let index = 0; index < 3; index++)
    reader.read({ data: JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] }), end: 0 })
  expect(reader.estimatedOutput).toBe(3)
})
