import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readBody } from "./body-facts.ts"
import { type Operation, readOperation } from "./operation.ts"

const withBody = (method: string, path: string, body: unknown): Operation =>
  readOperation(method, path, readBody(JSON.stringify(body)))

describe("what any endpoint can answer", () => {
  test.each([
    ["/chat/completions", "chat", "chat", "json"],
    ["/completions", "completions", "chat", "json"],
    ["/responses", "responses", "responses", "json"],
    ["/responses/input_tokens", "responses-input-tokens", undefined, "json"],
    ["/messages", "messages", "messages", "json"],
    ["/messages/count_tokens", "messages-count-tokens", undefined, "json"],
    ["/embeddings", "embeddings", undefined, "json"],
    ["/moderations", "moderations", undefined, "json"],
    ["/images/generations", "images", undefined, "json"],
    ["/images/edits", "images", undefined, "json"],
    ["/audio/speech", "audio-speech", undefined, "binary"],
    ["/audio/transcriptions", "audio-transcriptions", undefined, "any"],
    ["/audio/translations", "audio-translations", undefined, "any"],
    ["/rerank", "rerank", undefined, "json"],
  ])("includes POST %s", (path, name, grammar, answer) => {
    expect(readOperation("POST", path)).toEqual({
      name,
      ...(grammar && { grammar }),
      answer,
      residence: "stateless",
      repeatable: true,
    })
  })

  test.each(["/models", "/models/gpt-4o", "/models/meta-llama/Llama-3", "/models/a%2Fb", "/models?limit=2"])(
    "includes GET %s",
    (path) => {
      expect(readOperation("GET", path)).toMatchObject({ name: "models", residence: "stateless" })
    },
  )

  test.each([
    "/chat/completions?api-version=1",
    "chat/completions",
    "/chat/completions/",
    "//chat//completions#x",
  ])("is seen in %s", (path) => {
    expect(readOperation("POST", path)).toMatchObject({ name: "chat", residence: "stateless" })
  })

  test("includes a chat or a response that is stored, for its content is in the request", () => {
    expect(withBody("POST", "/responses", { model: "m", input: "x", store: true }).residence).toBe(
      "stateless",
    )
    expect(withBody("POST", "/chat/completions", { model: "m", store: true }).residence).toBe("stateless")
  })
})

describe("what is made and then lives where it was made", () => {
  test.each([
    ["/files", "files"],
    ["/uploads", "uploads"],
    ["/batches", "batches"],
    ["/vector_stores", "vector-stores"],
    ["/assistants", "assistants"],
    ["/threads", "threads"],
    ["/threads/runs", "threads"],
    ["/conversations", "conversations"],
    ["/containers", "containers"],
    ["/videos", "videos"],
    ["/evals", "evals"],
    ["/fine_tuning/jobs", "fine-tuning"],
    ["/messages/batches", "messages-batches"],
  ])("is POST %s", (path, name) => {
    expect(readOperation("POST", path)).toMatchObject({ name, residence: "creates", repeatable: false })
  })

  test("is a response in the background", () => {
    expect(withBody("POST", "/responses", { background: true })).toMatchObject({
      residence: "creates",
      repeatable: false,
    })
  })
})

describe("what lives somewhere", () => {
  test.each([
    ["GET", "/files/file-1", "files", "file-1", "json", true],
    ["GET", "/files/file-1/content", "files", "file-1", "any", true],
    ["DELETE", "/files/file-1", "files", "file-1", "any", true],
    ["GET", "/batches/batch_1", "batches", "batch_1", "json", true],
    ["POST", "/batches/batch_1/cancel", "batches", "batch_1", "json", false],
    ["GET", "/messages/batches/b1/results", "messages-batches", "b1", "any", true],
    ["POST", "/threads/thread_1/runs", "threads", "thread_1", "json", false],
    ["POST", "/vector_stores/vs_1/search", "vector-stores", "vs_1", "json", false],
    ["POST", "/conversations/conv_1/items", "conversations", "conv_1", "json", false],
    ["GET", "/responses/resp_1?stream=true", "responses", "resp_1", "json", true],
    ["GET", "/chat/completions/chatcmpl-1/messages", "chat", "chatcmpl-1", "json", true],
    ["GET", "/videos/video_1/content", "videos", "video_1", "any", true],
    ["GET", "/files/a%2Fb", "files", "a/b", "json", true],
    ["GET", "/files/a%", "files", "a%", "json", true],
    ["DELETE", "/models/ft:gpt-4o:me::1", "models", "ft:gpt-4o:me::1", "any", true],
  ])("is %s %s", (method, path, name, resource, answer, repeatable) => {
    expect(readOperation(method, path)).toMatchObject({
      name,
      resource,
      answer,
      repeatable,
      residence: "lives",
    })
  })

  test.each([
    ["/responses", { previous_response_id: "resp_1" }, "resp_1", false],
    ["/responses", { conversation: "conv_1" }, "conv_1", false],
    ["/responses", { conversation: { id: "conv_1" } }, "conv_1", false],
    ["/responses", { previous_response_id: "resp_1", background: true }, "resp_1", false],
    ["/responses", { prompt: { id: "pmpt_1" } }, "pmpt_1", true],
    [
      "/responses",
      { input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }] }] },
      "file-1",
      true,
    ],
    ["/responses", { tools: [{ type: "file_search", vector_store_ids: ["vs_1"] }] }, "vs_1", true],
    [
      "/chat/completions",
      { messages: [{ role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] }] },
      "file-1",
      true,
    ],
    ["/batches", { input_file_id: "file-1", endpoint: "/v1/chat/completions" }, "file-1", false],
    ["/fine_tuning/jobs", { training_file: "file-1" }, "file-1", false],
    ["/threads/runs", { assistant_id: "asst_1" }, "asst_1", false],
    ["/vector_stores", { file_ids: ["file-1", "file-2"] }, "file-1", false],
  ])("is POST %s with %j", (path, body, resource, repeatable) => {
    expect(withBody("POST", path, body)).toMatchObject({ residence: "lives", resource, repeatable })
  })

  test.each([
    { messages: [{ role: "user", content: '"file_id":"file-1"' }] },
    {
      tools: [
        { type: "function", function: { parameters: { properties: { file_id: { type: "string" } } } } },
      ],
    },
    { metadata: { file_id: "file-1" } },
    {
      messages: [
        { role: "assistant", tool_calls: [{ id: "call_1", function: { arguments: '{"file_id":"x"}' } }] },
      ],
    },
    { prompt: "Say hello" },
    { conversation: null, previous_response_id: null },
  ])("is not what only speaks of it: %j", (body) => {
    expect(withBody("POST", "/chat/completions", body).residence).toBe("stateless")
  })

  test("without an id goes home", () => {
    for (const path of ["/files", "/batches?limit=3", "/chat/completions", "/responses"]) {
      const operation = readOperation("GET", path)
      expect(operation.residence).toBe("lives")
      expect(operation).not.toHaveProperty("resource")
    }
  })

  test("is read as a record, which may tell of an error of its past", () => {
    expect(readOperation("GET", "/responses/resp_1").record).toBe(true)
    expect(readOperation("POST", "/responses")).not.toHaveProperty("record")
  })
})

describe("a path that nobody knows", () => {
  test.each(["/", "", "/nothing/here", "/responses2", "/realtime/sessions", "/audio/voices"])(
    "stays at home: %j",
    (path) => {
      expect(readOperation("POST", path)).toEqual({
        name: "other",
        answer: "any",
        residence: "lives",
        repeatable: false,
      })
      expect(readOperation("GET", path).repeatable).toBe(true)
    },
  )

  test("is never a surprise", () => {
    fc.assert(
      fc.property(fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH"), fc.string(), (method, path) => {
        const { residence, resource } = readOperation(method, path)
        expect(residence === "stateless" && resource !== undefined).toBe(false)
      }),
    )
  })
})
