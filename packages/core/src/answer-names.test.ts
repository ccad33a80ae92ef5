import type { AnswerLabel } from "@bellwether/wire"
import { virtualClock } from "@bellwether/testing"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, reset } from "../test/answers.ts"
import { endpoint, keyless, pipelineOver } from "../test/pipelines.ts"
import { plain, streamed } from "../test/streams.ts"
import { AttemptEnded } from "./events.ts"
import type { CallInput } from "./read-request.ts"
import type { Fetch } from "./transport.ts"

interface Heard {
  readonly status: number | undefined
  readonly answer: AnswerLabel | undefined
}

/** What is told of the attempt of a call, when its provider answers so. */
async function heard(fetch: Fetch, input: CallInput, key = "sk-planted-1234"): Promise<Heard> {
  const endpoints = [keyless("a", { key })]
  const pipeline = pipelineOver({ clock: virtualClock(), endpoints, fetch })
  const ends: Heard[] = []
  pipeline.on(AttemptEnded, ({ attempt, ending }) => {
    ends.push({ status: attempt.status, answer: ending.answer })
  })
  const result = await pipeline.call(input)
  if (result.ok) await result.response.text().catch(() => {})
  expect(ends).toHaveLength(1)
  return ends[0]!
}

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
const chunk = (choice: object, more: object = {}): string =>
  event({ id: "chatcmpl-1", model: "gpt-4o-2024-08-06", choices: [{ index: 0, ...choice }], ...more })
const content = chunk({ delta: { content: "Hi" } })
const finish = chunk({ delta: {}, finish_reason: "stop" })
const done = "data: [DONE]\n\n"

const answer = (names: object, finishReason: unknown = "stop") => ({
  ...names,
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: finishReason }],
})
const names = { id: "chatcmpl-1", model: "gpt-4o-2024-08-06" }

describe("an answer tells of itself", () => {
  test("its id, its model, why it ended, and its status", async () => {
    expect(await heard(async () => Response.json(answer(names), { status: 201 }), plain())).toEqual({
      status: 201,
      answer: { ...names, finishReasons: ["stop"] },
    })
  })

  test("the same as a stream, of which the first names count", async () => {
    const renamed = chunk({ delta: { content: "!" } }, { id: "other", model: "other" })
    const stream = content + renamed + finish + done
    expect(await heard(async () => eventStream(stream), streamed())).toEqual({
      status: 200,
      answer: { ...names, finishReasons: ["stop"] },
    })
  })

  test("as much as had come when it was cut", async () => {
    const cut = async () => eventStream(chunked([bytes(content)], "breaks"))
    expect(await heard(cut, streamed())).toEqual({ status: 200, answer: names })
  })

  test("nothing where there is none, but its status", async () => {
    const failing = async () => Response.json(answer(names), { status: 503 })
    expect(await heard(failing, plain())).toEqual({ status: 503, answer: undefined })
    const unreachable = () => Promise.reject(reset())
    expect(await heard(unreachable, plain())).toEqual({ status: undefined, answer: undefined })
  })

  test("nothing that has the key in it", async () => {
    const key = "sk-planted-1234"
    for (const place of ["id", "model"]) {
      const echo = { ...names, [place]: `x-${key}` }
      expect((await heard(async () => Response.json(answer(echo)), plain(), key)).answer).toBeUndefined()
      const stream = chunk({ delta: { content: "Hi" } }, echo) + finish + done
      expect((await heard(async () => eventStream(stream), streamed(), key)).answer).toBeUndefined()
    }
    const reason = answer(names, key)
    expect((await heard(async () => Response.json(reason), plain(), key)).answer).toBeUndefined()
  })

  test("short names without a word of the prompt, whatever the provider puts there", async () => {
    const prompt = "Why do sheep follow a bell?"
    const garbage = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: "grapheme", maxLength: 400 }),
      fc.constant(prompt),
    )
    await fc.assert(
      fc.asyncProperty(garbage, garbage, garbage, fc.boolean(), async (id, model, reason, isStream) => {
        const stream =
          chunk({ delta: { content: "Hi" } }, { id, model }) +
          chunk({ delta: {}, finish_reason: reason }) +
          done
        const told = isStream
          ? await heard(async () => eventStream(stream), streamed())
          : await heard(async () => Response.json(answer({ id, model }, reason)), plain())
        const { finishReasons = [], ...others } = told.answer ?? {}
        const all = [...finishReasons, ...Object.values(others)]
        expect(all.filter((name) => name.length > 200 || /\s/.test(name) || name.includes(prompt))).toEqual(
          [],
        )
      }),
      { numRuns: 60 },
    )
  })
})

test("an attempt has no status before its headers", async () => {
  const seen: (number | undefined)[] = []
  const pipeline = pipelineOver({
    clock: virtualClock(),
    endpoints: [endpoint("a")],
    fetch: async () => Response.json(answer(names)),
    use: [
      {
        name: "watching",
        setup: () => ({
          attempt(request, next, context) {
            const { attempt } = context
            seen.push(attempt?.status)
            attempt?.observe({ headers: () => void seen.push(attempt.status) })
            return next(request, context)
          },
        }),
      },
    ],
  })
  await pipeline.call(plain())
  expect(seen).toEqual([undefined, 200])
})
