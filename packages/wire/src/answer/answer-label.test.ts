import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readOperation } from "../request/operation.ts"
import type { Grammar } from "../request/operation.ts"
import { createStreamReader } from "../stream/stream-reader.ts"
import { readAnswer } from "./answer.ts"
import type { AnswerLabel } from "./answer-label.ts"

/** What stands where an answer names itself. */
interface Told {
  readonly id: unknown
  readonly model: unknown
  readonly reason: unknown
}

const grammars = ["chat", "responses", "messages"] as const
const paths = { chat: "/chat/completions", responses: "/responses", messages: "/messages" }

const wholeAnswer = (grammar: Grammar, { id, model, reason }: Told): object => {
  switch (grammar) {
    case "chat":
      return { id, model, choices: [{ message: { content: "Hi" }, finish_reason: reason }] }
    case "responses":
      return { id, model, output: [], status: reason }
    case "messages":
      return { id, model, content: [], stop_reason: reason }
  }
}

const eventsOf = (grammar: Grammar, { id, model, reason }: Told): readonly object[] => {
  switch (grammar) {
    case "chat":
      return [
        { id, model, choices: [{ delta: { content: "Hi" } }] },
        { choices: [{ finish_reason: reason }] },
      ]
    case "responses":
      return [
        { type: "response.created", response: { id, model } },
        { type: "response.completed", response: { id, model } },
      ]
    case "messages":
      return [
        { type: "message_start", message: { id, model } },
        { type: "message_delta", delta: { stop_reason: reason } },
      ]
  }
}

const ofAnswer = (grammar: Grammar, told: Told): AnswerLabel | undefined => {
  const operation = readOperation("POST", paths[grammar])
  const facts = readAnswer(operation, "application/json", JSON.stringify(wholeAnswer(grammar, told)))
  return facts.ok ? facts.label : undefined
}

const ofStream = (grammar: Grammar, told: Told): AnswerLabel | undefined => {
  const reader = createStreamReader(grammar)
  for (const event of eventsOf(grammar, told)) reader.read({ data: JSON.stringify(event), end: 0 })
  return reader.label
}

describe.each(grammars)("an answer of %s", (grammar) => {
  const told = { id: "id-1", model: "gpt-4o-2024-08-06", reason: "completed" }
  const label = { id: "id-1", model: "gpt-4o-2024-08-06", finishReasons: ["completed"] }

  test("tells its id, its model and why it ended, whole or as a stream", () => {
    expect(ofAnswer(grammar, told)).toEqual(label)
    expect(ofStream(grammar, told)).toEqual(label)
  })

  test.each([
    ["a sentence", "Why do sheep follow a bell?"],
    ["a sentence without blanks", "羊为什么跟着铃铛"],
    ["a line end", "gpt-4o\n"],
    ["a name without end", "x".repeat(201)],
    ["nothing", ""],
    ["an object", { secret: "sk-1" }],
  ])("has no name in %s", (_, garbage) => {
    const nothing = { id: garbage, model: garbage, reason: garbage }
    expect(ofAnswer(grammar, nothing)?.id).toBeUndefined()
    expect(ofAnswer(grammar, nothing)?.model).toBeUndefined()
    expect(ofAnswer(grammar, nothing)?.finishReasons).toBeUndefined()
    expect(ofStream(grammar, { ...nothing, reason: null })?.id).toBeUndefined()
    expect(ofStream(grammar, nothing)?.model).toBeUndefined()
  })

  test("never throws, and never tells more than short names, whatever stands there", () => {
    const garbage = fc.oneof(fc.jsonValue(), fc.string({ unit: "grapheme", maxLength: 400 }))
    fc.assert(
      fc.property(fc.record({ id: garbage, model: garbage, reason: garbage }), (anything) => {
        const labels = [ofAnswer(grammar, anything), ofStream(grammar, anything)]
        const names = labels.flatMap((each) => [each?.id, each?.model, ...(each?.finishReasons ?? [])])
        expect(names.filter((each) => each !== undefined && !/^[!-~]{1,200}$/.test(each))).toEqual([])
      }),
    )
  })
})

test("of a response in the background the status is no end", () => {
  expect(ofAnswer("responses", { id: "resp_1", model: "o3", reason: "queued" })).toEqual({
    id: "resp_1",
    model: "o3",
  })
})

test("of ever so many choices the first sixteen tell why they ended", () => {
  const choices = Array.from({ length: 10_000 }, (_, index) => ({ index, finish_reason: `stop-${index}` }))
  const reader = createStreamReader("chat", { choices: choices.length })
  for (const choice of choices) reader.read({ data: JSON.stringify({ choices: [choice] }), end: 0 })
  expect(reader.label?.finishReasons).toHaveLength(16)
  expect(reader.label?.finishReasons?.at(-1)).toBe("stop-15")
})
