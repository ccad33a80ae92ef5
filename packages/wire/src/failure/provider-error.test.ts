import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readErrorMember, readErrorValue, readProviderError } from "./provider-error.ts"

describe("the error in the body of a failed response", () => {
  test.each([
    [
      "OpenAI's",
      '{"error":{"message":"No such key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}',
      { message: "No such key", type: "invalid_request_error", code: "invalid_api_key" },
    ],
    [
      "Anthropic's",
      '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}',
      { message: "Overloaded", type: "overloaded_error" },
    ],
    [
      "OpenRouter's, with a number for a code",
      '{"error":{"code":402,"message":"Insufficient credits","metadata":{}},"user_id":"u"}',
      { message: "Insufficient credits", code: "402" },
    ],
    [
      "Google's, in a list and with a status for a type",
      '[{"error":{"code":429,"message":"Too much","status":"RESOURCE_EXHAUSTED"}}]',
      { message: "Too much", type: "RESOURCE_EXHAUSTED", code: "429" },
    ],
    [
      "vLLM's, without a wrapping",
      '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}',
      { message: "The model `x` does not exist.", type: "NotFoundError", code: "404", param: "model" },
    ],
    ["a text under error", '{"error":"model \'x\' not found"}', { message: "model 'x' not found" }],
    [
      "a message beside a title",
      '{"statusCode":404,"message":"Cannot POST /x","error":"Not Found"}',
      { message: "Cannot POST /x" },
    ],
    ["a detail", '{"detail":"Unauthorized"}', { message: "Unauthorized" }],
    [
      "a list of details",
      '{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]}',
      { message: "field required" },
    ],
    ["a message for msg", '{"code":-1,"msg":"busy"}', { message: "busy", code: "-1" }],
    ["true under error", '{"error":true,"message":"broken"}', { message: "broken" }],
    [
      "a web page",
      "<!DOCTYPE html><html><head><title> 502 Bad Gateway </title></head></html>",
      { message: "502 Bad Gateway" },
    ],
    [
      "a web page without a title",
      "<html><body>no</body></html>",
      { message: "<html><body>no</body></html>" },
    ],
    ["plain text", "upstream connect error\n", { message: "upstream connect error" }],
    ["a JSON string", '"quota"', { message: '"quota"' }],
    ["nothing", "", {}],
    ["an empty object", "{}", {}],
    ["an empty list", "[]", {}],
  ])("is read from %s", (_, body, error) => {
    expect(readProviderError(body)).toEqual(error)
  })

  test("is cut when it is long", () => {
    const { message } = readProviderError("x".repeat(1_000_000))
    expect(message).toHaveLength(2001)
    expect(readProviderError(`{"error":{"message":"${"y".repeat(5000)}"}}`).message).toHaveLength(2001)
  })

  test("is read from anything whatever", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const { message, ...names } = readProviderError(body)
        expect((message ?? "").length).toBeLessThanOrEqual(2001)
        for (const name of Object.values(names)) expect(typeof name).toBe("string")
      }),
    )
  })
})

describe("the error member of an object", () => {
  test.each([
    ["null", { error: null }],
    ["an empty text", { error: "" }],
    ["false", { error: false }],
    ["an error without anything in it", { error: { message: "", type: "", param: "", code: null } }],
    ["an error of zero", { error: { code: 0 } }],
    ["no such member", { message: "all is well" }],
  ])("is none when it is %s", (_, value) => {
    expect(readErrorMember(value)).toBeUndefined()
  })

  test.each([
    ["an error in a shape nobody knows", { error: { reason: "x" } }, {}],
    ["a list of texts", { error: ["x", "y"] }, { message: "x" }],
    ["a number beside a message", { error: 1, message: "x" }, { message: "x" }],
    [
      "an object with a list of errors",
      { error: { errors: [{ message: "x" }], code: 500 } },
      { code: "500" },
    ],
  ])("is one when it is %s", (_, value, error) => {
    expect(readErrorMember(value)).toEqual(error)
  })

  test("is looked for in objects only", () => {
    expect(readErrorMember([{ error: "x" }])).toBeUndefined()
    expect(readErrorMember("error")).toBeUndefined()
    expect(readErrorValue([{ error: "x" }])).toEqual({ message: "x" })
    expect(readErrorValue("x")).toEqual({ message: "x" })
  })
})
