import type { Fault, InBandForm } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { answerText } from "../support/answer-text.ts"
import type { Question } from "../support/questions.ts"
import { setUp, wholeAnswer } from "./stage.ts"
import { fault } from "./trouble.ts"

const streams: readonly Question[] = ["chat stream", "responses stream", "messages stream"]

/** One way for a stream to go wrong once there is content. */
interface Cut {
  readonly question: Question
  readonly name: string
  readonly what: Fault
  readonly class: string
}

const inEvery = (name: string, what: Fault, failureClass: string): readonly Cut[] =>
  streams.map((question) => ({ question, name, what, class: failureClass }))

const reporting = (question: Question, form: InBandForm, failureClass: string): Cut => ({
  question,
  name: `reports an error as ${form}`,
  what: { kind: "stream-error", afterContent: 3, form },
  class: failureClass,
})

const cuts: readonly Cut[] = [
  ...inEvery("ends in order, but too early", { kind: "stream-cut", afterContent: 3 }, "broken-response"),
  ...inEvery("is closed", { kind: "stream-cut", afterContent: 3, ending: "close" }, "broken-response"),
  ...inEvery("is reset", { kind: "stream-reset", afterContent: 3 }, "broken-response"),
  ...inEvery("lacks only its last words", { kind: "stream-cut", afterContent: 1_000 }, "broken-response"),
  ...inEvery(
    "falls silent but for keep-alives",
    { kind: "stream-stall", afterContent: 3, keepAliveEveryMs: 10_000 },
    "timeout",
  ),
  reporting("chat stream", "data", "server-error"),
  reporting("chat stream", "event", "server-error"),
  reporting("messages stream", "event", "server-error"),
  reporting("responses stream", "failed", "server-error"),
  // It says nothing but a sentence nobody knows.
  reporting("responses stream", "event", "broken-response"),
]

describe.concurrent("laws 6 and 7: after the commit point", () => {
  test.each(cuts)(
    "a $question that $name errors truthfully",
    async ({ what, class: failureClass, question }) => {
      const trouble = fault("a cut", what, { question })
      await using stage = await setUp({ setting: "several", struck: [["a1 a2", trouble]], limitMs: 40_000 })
      const { result, body, bodyError } = await stage.call(question)
      expect(result.ok).toBe(true)
      expect(stage.asked).toBe("a1")
      expect(stage.ended).toMatchObject([{ failure: { class: failureClass }, health: "failure" }])

      const { texts, error } = answerText(question, body)
      expect(texts).toHaveLength(1)
      expect(wholeAnswer.startsWith(texts[0] ?? "nothing")).toBe(true)
      expect(error).toBeDefined()
      expect(body).not.toContain("[DONE]")
      expect(bodyError).toMatchObject({ name: "PipelineError", trail: expect.any(Array) })
    },
  )

  test("cuts after the commit open the circuit as well", async () => {
    const trouble = fault("a cut", { kind: "stream-cut" }, { question: "chat stream" })
    await using stage = await setUp({ setting: "several", struck: [["a1", trouble]] })
    for (let calls = 0; calls < 3; calls++) await stage.call("chat stream")
    expect(stage.circuit("a1")).toBe("open")
    const { bodyError } = await stage.call("chat stream")
    expect(bodyError).toBeUndefined()
    expect(stage.asked).toBe("a1 a1 a1 a2")
  })

  test("a malformed event passes untouched", async () => {
    const trouble = fault("garbage", { kind: "stream-garbage" }, { question: "chat stream" })
    await using stage = await setUp({ setting: "several", struck: [["a1", trouble]] })
    const { body, bodyError } = await stage.call("chat stream")
    expect(bodyError).toBeUndefined()
    expect(body).toContain("chatcmpl-broken")
    expect(answerText("chat stream", body).texts).toEqual([wholeAnswer])
    expect(stage.ended).toMatchObject([{ health: "success" }])
  })
})
