import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { eventStream, fed, recording } from "../test/answers.ts"
import { answered, endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, streamed } from "../test/streams.ts"
import { CallEnded } from "./events.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { CallInput } from "./read-request.ts"

/** A call whose deadline passes after a second; `undefined` for a transport that never answers. */
async function late(answer: (() => Response) | undefined, input: CallInput, more?: Partial<PipelineOptions>) {
  const clock = virtualClock()
  const { fetch, requests } = recording(() => answer?.() ?? new Promise(() => {}))
  const pipeline = pipelineOver({ clock, deadlineMs: 1000, fetch, ...more })
  const ended: unknown[] = []
  pipeline.on(CallEnded, ({ ending }) => ended.push(ending))
  const result = await clock.runUntil(pipeline.call(input))
  return { clock, result, requests, ended }
}

describe("law 1: the deadline of a call", () => {
  test.each<[string, (() => Response) | undefined]>([
    ["before the headers", undefined],
    [
      "in the preamble",
      () => {
        const body = fed()
        body.push(preambleOf(chatStream))
        return eventStream(body.stream)
      },
    ],
    ["in the body of an error", () => new Response(fed().stream, { status: 500 })],
  ])("ends it %s", async (_, answer) => {
    const { clock, result, requests, ended } = await late(answer, streamed())
    const { failure, call, error, toResponse } = refused(result)
    expect(failure).toMatchObject({ class: "call-refused", code: "deadline-exceeded" })
    expect(clock.now()).toBe(1000)
    expect(clock.pending).toBe(0)
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(call.attempts[0]?.ending).toMatchObject({ health: "neutral", durationMs: 1000 })
    expect(ended).toHaveLength(1)
    // SDKs take an error that says so for one of their own, and retry it.
    expect(error.message).not.toMatch(/timed? ?out/i)
    expect(toResponse().headers.get("x-should-retry")).toBe("false")
  })

  test("covers a whole answer to its end", async () => {
    const body = fed()
    const whole = () => new Response(body.stream, { headers: { "content-type": "application/json" } })
    body.push(`{"choices":`)
    const { result } = await late(whole, plain())
    expect(refused(result).failure.code).toBe("deadline-exceeded")
    expect(body.isCancelled).toBe(true)
  })

  test("is over for a stream with its commit", async () => {
    const body = fed()
    body.push(preambleOf(chatStream) + contentOf(chatStream))
    const { clock, result } = await late(() => eventStream(body.stream), streamed())
    const { response, call } = answered(result)
    expect(call.deadlineMs).toBe(Infinity)
    expect(clock.pending).toBe(0)
    const text = response.text()
    await clock.advance(3_600_000)
    body.push(chatStream.events.slice(chatStream.content + 1).join(""))
    body.end()
    expect(await text).toBe(chatStream.events.join(""))
  })

  test("is one for all attempts", async () => {
    const clock = virtualClock()
    const pipeline = pipelineOver({
      clock,
      endpoints: [endpoint("a"), endpoint("b"), endpoint("c")],
      use: [failover],
      deadlineMs: 1000,
      fetch: async () => {
        await clock.sleep(400)
        return new Response("", { status: 500 })
      },
    })
    const { failure, call } = refused(await clock.runUntil(pipeline.call(plain())))
    expect(failure.code).toBe("deadline-exceeded")
    expect(call.attempts).toHaveLength(3)
    expect(clock.now()).toBe(1000)
  })

  test("may be another for one call", async () => {
    const { clock, result } = await late(undefined, plain(undefined, { deadlineMs: 50 }))
    expect(refused(result).failure.message).toContain("50 ms")
    expect(clock.now()).toBe(50)
  })

  test("leaves no timer when the call was quicker", async () => {
    const { clock, result } = await late(() => Response.json(chatAnswer), plain())
    expect(answered(result).call.trail.map(({ step }) => step)).toEqual([
      "attempt-started",
      "attempt-succeeded",
    ])
    expect(clock.now()).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test("runs while a request's body is still being sent", async () => {
    const source = fed()
    source.push("{")
    const { clock, result, requests } = await late(
      () => Response.json(chatAnswer),
      plain(undefined, { body: source.stream }),
    )
    expect(refused(result).failure.code).toBe("deadline-exceeded")
    expect(requests).toHaveLength(0)
    expect(clock.now()).toBe(1000)
    expect(source.isCancelled).toBe(true)
  })
})
