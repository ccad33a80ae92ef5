import { describe, expect, test } from "vitest"
import { classifyStreamError } from "../failure/classify.ts"
import { readProviderError } from "../failure/provider-error.ts"
import { createEventScanner } from "../stream/event-scanner.ts"
import { createStreamReader } from "../stream/stream-reader.ts"
import { errorBody, errorEvent } from "./error-shape.ts"

const error = {
  message: "No target is left.\nTry later",
  type: "server_error",
  code: "no-target",
  attempts: [{ target: "a" }],
}

describe("an error of ours", () => {
  test.each([undefined, "chat", "responses"] as const)(
    "is OpenAI's toward %s, with all it carries",
    (grammar) => {
      expect(JSON.parse(errorBody(grammar, error))).toEqual({ error: { ...error, param: null } })
      expect(JSON.parse(errorBody(grammar, { ...error, param: "model" })).error.param).toBe("model")
    },
  )

  test("is Anthropic's toward Anthropic's SDK", () => {
    expect(JSON.parse(errorBody("messages", error))).toEqual({
      type: "error",
      error: { ...error, type: "api_error" },
    })
    expect(JSON.parse(errorBody("messages", { ...error, type: "insufficient_quota" })).error.type).toBe(
      "billing_error",
    )
    expect(JSON.parse(errorBody("messages", { ...error, type: "overloaded_error" })).error.type).toBe(
      "overloaded_error",
    )
  })

  test.each([undefined, "chat", "responses", "messages"] as const)(
    "is read back from the stream of %s",
    (grammar) => {
      const bytes = errorEvent(grammar, { ...error, type: "overloaded_error" })
      const [event, ...more] = createEventScanner().push(bytes)
      expect(more).toEqual([])
      expect(event).toMatchObject({ type: "error", end: bytes.length })
      const facts = createStreamReader(grammar).read(event!)
      expect(facts).toMatchObject({ kind: "error", error: { message: error.message, code: "no-target" } })
      expect(classifyStreamError(facts.error ?? {}).class).toBe("overloaded")
    },
  )

  test("is read back from a body", () => {
    expect(readProviderError(errorBody("chat", error))).toMatchObject({
      message: error.message,
      type: "server_error",
      code: "no-target",
    })
  })
})
