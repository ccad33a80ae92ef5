import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readBody } from "./body-facts.ts"

const encoder = new TextEncoder()
const padding = "lorem ipsum ".repeat(400)

/** Small and large, as text and as bytes: every way that a body is read. */
const everyWay = (members: string): readonly (string | Uint8Array)[] => {
  const small = `{${members}}`
  const large = `{"messages":[{"role":"user","content":"${padding}"}],${members}}`
  return [small, large, encoder.encode(small), encoder.encode(large)]
}

describe("the facts of a body", () => {
  test.each([
    ['"model":"gpt-4o"', { model: "gpt-4o" }],
    ['"model" : "gpt-4o" , "stream" :true', { model: "gpt-4o", stream: true }],
    ['"model":"a","model":"b"', { model: "b" }],
    [String.raw`"mod\u0065l":"a\"b"`, { model: 'a"b' }],
    ['"metadata":{"model":"inner"},"model":"outer"', { model: "outer" }],
    [String.raw`"user":"\"model\":\"fake\"","model":"real"`, { model: "real" }],
    ['"model":"模型-é"', { model: "模型-é" }],
    ['"model":4', {}],
    ['"model":""', {}],
    ['"stream":"true"', {}],
    ['"stream":null', {}],
    ['"background":true,"store":false', { background: true, store: false }],
    ['"previous_response_id":"resp_1"', { previousResponse: "resp_1" }],
    ['"conversation":"conv_1"', { conversation: "conv_1" }],
    ['"conversation":{"id":"conv_1"}', { conversation: "conv_1" }],
    ['"max_tokens":10', { maxTokens: 10 }],
    ['"max_tokens":10,"max_completion_tokens":20', { maxTokens: 20 }],
    ['"max_output_tokens":30', { maxTokens: 30 }],
    ['"max_tokens":-1', {}],
    ['"n":3', { choices: 3 }],
    ['"n":0', {}],
    ['"n":null', {}],
    ['"input_file_id":"file-1"', { resource: "file-1" }],
    ['"file_ids":["file-1"]', { resource: "file-1" }],
    ['"tools":[{"file_ids":[1,"file-2"]}]', { resource: "file-2" }],
    ['"a":[[{"b":{"c":"}"}}]],"model":"m","z":[{}]', { model: "m" }],
  ])("are read from %s", (members, facts) => {
    for (const body of everyWay(members)) {
      expect(readBody(body)).toEqual({ stream: false, background: false, choices: 1, ...facts })
    }
  })

  test.each([
    "",
    " ",
    "[]",
    '"x"',
    "null",
    "1",
    "{",
    '{"model":',
    '{"model":"m"',
    '{"model":"m",}',
    "{model:1}",
    "--x\r\n",
  ])("are none for %j", (body) => {
    expect(readBody(body)).toBeUndefined()
    expect(readBody(encoder.encode(body))).toBeUndefined()
  })

  test.each(["", "]", ",", '"', "}x"])("are none for a large body that ends in %j", (end) => {
    expect(readBody(`{"messages":"${padding}","model":"m"${end}`)).toBeUndefined()
  })

  test("are the usual ones of an object with nothing in it", () => {
    for (const body of ["{}", `{${" ".repeat(5000)}}`]) {
      expect(readBody(body)).toEqual({ stream: false, background: false, choices: 1 })
    }
  })

  test("are none for a large list", () => {
    expect(readBody(`["${padding}","model"]`)).toBeUndefined()
  })

  test("are not looked for without end", () => {
    const nest = (depth: number): string => `{"a":`.repeat(depth) + '{"file_id":"file-1"}' + "}".repeat(depth)
    expect(readBody(nest(10))?.resource).toBe("file-1")
    expect(readBody(nest(2000))).toEqual({ stream: false, background: false, choices: 1 })
  })

  test("are those that JSON.parse would give, whatever the body", () => {
    const key = fc.oneof(
      fc.constantFrom("model", "stream", "n", "max_tokens", "conversation", "store", "background"),
      fc.string({ maxLength: 8 }),
    )
    const value = fc.oneof(fc.jsonValue(), fc.constant(padding), fc.boolean(), fc.nat(), fc.string())
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.constantFrom(undefined, 2), (body, indent) => {
        const text = JSON.stringify(body, undefined, indent)
        const facts = readBody(text)
        expect(facts?.model).toBe(
          typeof body.model === "string" && body.model !== "" ? body.model : undefined,
        )
        expect(facts?.stream).toBe(body.stream === true)
        expect(facts?.background).toBe(body.background === true)
        expect(facts?.store).toBe(typeof body.store === "boolean" ? body.store : undefined)
        expect(readBody(encoder.encode(text))).toEqual(facts)
      }),
      { numRuns: 500 },
    )
  })
})
