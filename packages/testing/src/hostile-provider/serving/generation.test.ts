import { assert, property, string } from "fast-check"
import { describe, expect, test } from "vitest"
import { seededRandom } from "@bellwether/core"
import { arrivingRequest } from "../received-request.ts"
import { defaultAnswer } from "./default-answer.ts"
import { generate, inPieces } from "./generation.ts"

const requestOf = (body: unknown) => {
  const { request, receive } = arrivingRequest({
    number: 1,
    method: "POST",
    url: "/v1/chat/completions",
    headers: {},
  })
  receive(new TextEncoder().encode(JSON.stringify(body)))
  return request
}

const said = (body: object, answer = () => "one two three four") => generate(requestOf(body), answer, true)
const user = { role: "user", content: "hello" }

test("pieces joined are the text, and each is short", () => {
  assert(
    property(string({ unit: "grapheme" }), (text) => {
      const pieces = inPieces(text)
      expect(pieces.join("")).toBe(text)
      expect(pieces.every((piece) => [...piece.trim()].length <= 8)).toBe(true)
    }),
  )
})

describe("what the model says", () => {
  test("is as long as it may be", () => {
    const { choices, outputTokens } = said({ messages: [user], max_tokens: 2 })
    expect(choices[0]).toMatchObject({ pieces: ["one", " two"], finish: "length" })
    expect(outputTokens).toBe(2)
  })

  test("has as many choices as asked for", () => {
    expect(said({ messages: [user], n: 3 }).choices).toHaveLength(3)
  })

  test("goes on from a prefill that begins the answer, and starts anew from another one", () => {
    const prefilled = (content: string, goesOn = true) =>
      generate(
        requestOf({ messages: [user, { role: "assistant", content }] }),
        () => "one two three",
        goesOn,
      ).choices[0]?.pieces.join("")
    expect(prefilled("one t")).toBe("wo three")
    expect(prefilled("nine")).toBe("one two three")
    expect(prefilled("one t", false)).toBe("one two three")
  })

  test("is the same with a prefill as without", () => {
    const answer = defaultAnswer(seededRandom(1))
    const whole = answer(requestOf({ messages: [user] }), 0)
    expect(
      answer(requestOf({ messages: [user, { role: "assistant", content: whole.slice(0, 9) }] }), 0),
    ).toBe(whole)
  })

  test("depends on the conversation, the choice and the seed, and on nothing else", () => {
    const answer = (seed: number, content: string, choice = 0) =>
      defaultAnswer(seededRandom(seed))(requestOf({ messages: [{ role: "user", content }] }), choice)
    expect(answer(1, "hello")).toBe(answer(1, "hello"))
    expect(
      new Set([answer(1, "hello"), answer(2, "hello"), answer(1, "bye"), answer(1, "hello", 1)]).size,
    ).toBe(4)
    expect(answer(1, "hello").split(" ").length).toBeGreaterThanOrEqual(12)
  })
})

describe("tools", () => {
  const schema = {
    type: "object",
    properties: {
      city: { type: "string" },
      days: { type: "integer" },
      metric: { type: "boolean" },
      mode: { enum: ["a", "b"] },
      tags: { type: "array", items: { type: "number" } },
    },
  }
  const weather = { type: "function", function: { name: "weather", parameters: schema } }
  const clock = { type: "function", function: { name: "clock", parameters: { type: "object" } } }

  test("are called with arguments their schema accepts", () => {
    const [choice] = said({ messages: [user], tools: [weather] }).choices
    expect(choice).toMatchObject({ finish: "tool", tool: "weather" })
    expect(JSON.parse(choice?.pieces.join("") ?? "")).toEqual({
      city: expect.any(String),
      days: expect.any(Number),
      metric: true,
      mode: "a",
      tags: [7],
    })
  })

  test.each([
    ["the first", { tools: [clock, weather] }, "clock"],
    [
      "the one asked for",
      { tools: [clock, weather], tool_choice: { type: "function", function: { name: "weather" } } },
      "weather",
    ],
    [
      "Anthropic's way",
      {
        tools: [
          { name: "clock", input_schema: {} },
          { name: "w", input_schema: {} },
        ],
        tool_choice: { type: "tool", name: "w" },
      },
      "w",
    ],
    ["the way of responses", { tools: [{ type: "function", name: "clock", parameters: {} }] }, "clock"],
    ["none if none is wanted", { tools: [clock], tool_choice: "none" }, undefined],
    [
      "none if its result is there",
      { tools: [clock], messages: [user, { role: "tool", content: "noon" }] },
      undefined,
    ],
    [
      "none after Anthropic's result",
      {
        tools: [{ name: "clock", input_schema: {} }],
        messages: [{ role: "user", content: [{ type: "tool_result" }] }],
      },
      undefined,
    ],
    [
      "none after the result of a response",
      { tools: [clock], messages: undefined, input: [{ type: "function_call_output", output: "noon" }] },
      undefined,
    ],
  ])("%s", (_, body, expected) => {
    expect(said({ messages: [user], ...body }).choices[0]?.tool).toBe(expected)
  })
})
