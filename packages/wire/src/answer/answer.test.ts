import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Operation, readOperation } from "../request/operation.ts"
import { readAnswer } from "./answer.ts"

const chat = readOperation("POST", "/chat/completions")
const responses = readOperation("POST", "/responses")
const messages = readOperation("POST", "/messages")
const embeddings = readOperation("POST", "/embeddings")

const read = (operation: Operation, value: unknown) =>
  readAnswer(operation, "application/json", JSON.stringify(value))

describe("an answer", () => {
  test.each([
    [
      "of a chat",
      chat,
      {
        id: "c1",
        choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      },
      {
        ok: true,
        id: "c1",
        label: { id: "c1", finishReasons: ["stop"] },
        usage: { input: 1, output: 2, estimated: false },
      },
    ],
    [
      "of a legacy completion",
      chat,
      { choices: [{ text: "Hi", finish_reason: "length" }] },
      { ok: true, label: { finishReasons: ["length"] } },
    ],
    [
      "with a tool call",
      chat,
      { choices: [{ message: { content: null, tool_calls: [{ id: "c" }] } }] },
      { ok: true },
    ],
    [
      "with the null error of a response",
      responses,
      { id: "r1", status: "completed", error: null, output: [{ type: "function_call" }] },
      { ok: true, id: "r1", label: { id: "r1", finishReasons: ["completed"] } },
    ],
    [
      "of Anthropic",
      messages,
      { id: "m1", content: [{ type: "text", text: "x" }], stop_reason: "end_turn" },
      { ok: true, id: "m1", label: { id: "m1", finishReasons: ["end_turn"] } },
    ],
    [
      "of embeddings",
      embeddings,
      { data: [], usage: { prompt_tokens: 4, total_tokens: 4 } },
      { ok: true, usage: { input: 4, output: 0, estimated: false } },
    ],
    [
      "with an error that says nothing",
      chat,
      { choices: [{ message: { content: "Hi" } }], error: { message: "", type: "", code: null } },
      { ok: true },
    ],
  ])("%s is one", (_, operation, value, facts) => {
    expect(read(operation, value)).toEqual(facts)
  })

  test.each([
    [
      "no word in its choice",
      chat,
      { choices: [{ message: { role: "assistant", content: "" }, finish_reason: "stop" }] },
    ],
    ["no output", responses, { output: [] }],
    ["an empty message", responses, { output: [{ type: "message", content: [] }] }],
    ["no content", messages, { content: [] }],
  ])("with %s is one that is empty", (_, operation, value) => {
    expect(read(operation, value)).toMatchObject({ ok: true, empty: true })
  })

  test.each([
    ["an error", { error: { message: "Bad", code: 500 } }, { message: "Bad", code: "500" }],
    ["an error as a text", { error: "Bad" }, { message: "Bad" }],
    ["an error beside choices", { choices: [], error: { message: "Bad" } }, { message: "Bad" }],
    [
      "Anthropic's error",
      { type: "error", error: { type: "api_error", message: "Bad" } },
      { type: "api_error", message: "Bad" },
    ],
    ["vLLM's error", { object: "error", message: "Bad", code: 400 }, { message: "Bad", code: "400" }],
    ["Google's error in a list", [{ error: { message: "Bad" } }], { message: "Bad" }],
  ])("is none that holds %s", (_, value, error) => {
    expect(read(chat, value)).toMatchObject({ ok: false, error })
  })

  test("is none when a response has failed at once", () => {
    const failed = {
      id: "r1",
      object: "response",
      status: "failed",
      error: { code: "server_error", message: "Bad" },
    }
    expect(read(responses, failed)).toMatchObject({ ok: false, error: failed.error })
    const following: Operation = { ...responses, residence: "lives", resource: "r0", repeatable: false }
    expect(read(following, failed)).toMatchObject({ ok: false })
  })

  test("that lists records is not empty for holding no content", () => {
    expect(read(readOperation("GET", "/responses/r1/input_items"), { data: [] })).toEqual({ ok: true })
  })

  test("may be the record of something that failed long ago", () => {
    const failed = {
      id: "r1",
      object: "response",
      status: "failed",
      error: { code: "server_error", message: "Bad" },
    }
    expect(read(readOperation("GET", "/responses/r1"), failed)).toMatchObject({ ok: true, id: "r1" })
    expect(read(readOperation("GET", "/responses/r1"), { error: { message: "No" } })).toMatchObject({
      ok: false,
    })
  })

  test.each([
    ["nothing", "", null, "answered with an empty body"],
    ["blank space", " \n", "application/json", "answered with an empty body"],
    ["a page", "<html></html>", "text/html", "answered with a web page instead of JSON"],
    [
      "a page that claims to be JSON",
      "<!doctype html>",
      "application/json",
      "answered with a web page instead of JSON",
    ],
    ["words", "OK", "text/plain", "answered with JSON that is invalid or was cut"],
    [
      "half of the JSON",
      '{"choices":[{"message":{"content":"Hel',
      "application/json",
      "answered with JSON that is invalid or was cut",
    ],
    ["a list", "[]", "application/json", "answered with no JSON object"],
    ["a number", "3", "application/json", "answered with no JSON object"],
    ["null", "null", "application/json", "answered with no JSON object"],
  ])("is none that is %s", (_, text, contentType, reason) => {
    expect(readAnswer(chat, contentType, text)).toEqual({ ok: false, reason })
  })

  test("need not call itself JSON to be it", () => {
    expect(readAnswer(embeddings, null, '{"data":[]}')).toEqual({ ok: true })
    expect(readAnswer(embeddings, "text/html", '{"data":[]}')).toEqual({ ok: true })
  })

  test.each([
    ["audio", readOperation("POST", "/audio/speech")],
    ["a transcription", readOperation("POST", "/audio/transcriptions")],
    ["the content of a file", readOperation("GET", "/files/file-1/content")],
    ["a path that nobody knows", readOperation("POST", "/nothing/here")],
  ])("passes unjudged: %s", (_, operation) => {
    for (const text of ["", "<html>", '{"error":"x"}'])
      expect(readAnswer(operation, "text/plain", text)).toEqual({ ok: true })
  })

  test("is judged whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(chat, responses, messages, embeddings),
        fc.oneof(fc.json(), fc.string()),
        (operation, text) => {
          expect(typeof readAnswer(operation, null, text).ok).toBe("boolean")
        },
      ),
    )
  })
})

test.each([
  ["/chat/completions", "{}", "answered without choices"],
  ["/chat/completions", '{"choices":[]}', "answered without choices"],
  ["/chat/completions", '{"status":"ok"}', "answered without choices"],
  ["/responses", "{}", "answered without output"],
  ["/messages", "{}", "answered without content"],
  ["/embeddings", '{"object":"list"}', "answered without data"],
])("%s answered with %s is no answer", (path, body, reason) => {
  expect(readAnswer(readOperation("POST", path), "application/json", body)).toEqual({ ok: false, reason })
})
