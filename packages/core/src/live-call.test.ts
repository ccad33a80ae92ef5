import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, recording } from "../test/answers.ts"
import { answered, endpoint, failover, keyless, pipelineOver } from "../test/pipelines.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, streamed } from "../test/streams.ts"
import { Choice } from "./context.ts"
import { AttemptEnded, AttemptStarted, CallEnded, CallStarted } from "./events.ts"
import type { Plugin } from "./plugin.ts"
import type { PipelineOptions } from "./pipeline-options.ts"

const broken = (): Response => new Response("<html>", { headers: { "content-type": "application/json" } })
const failing = (status: number) => (): Response => new Response("", { status })
const unreachable = (): never => {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNREFUSED" }) })
}
const fine = (): Response => Response.json(chatAnswer)

/** What each target's ending says of its health when these answers come one after the other. */
async function healthOf(answers: readonly (() => Response)[], endpoints?: PipelineOptions["endpoints"]) {
  const { fetch } = recording((_, index) => (answers[index] ?? fine)())
  const pipeline = pipelineOver({
    clock: virtualClock(),
    endpoints: endpoints ?? answers.map((_, place) => endpoint(`e${place}`)),
    use: [failover],
    fetch,
  })
  const { call } = await pipeline.call(plain())
  return call.attempts.map(({ ending }) => ending?.health)
}

describe("the health an attempt tells of", () => {
  test.each<[string, () => Response, string]>([
    ["an answer", fine, "success"],
    ["a 500", failing(500), "failure"],
    ["a 503", failing(503), "failure"],
    ["a reset", unreachable, "failure"],
    ["a broken answer", broken, "failure"],
    ["a 400", failing(400), "neutral"],
    ["a 401, which is the key's", failing(401), "neutral"],
    ["a 429", failing(429), "neutral"],
  ])("after %s", async (_, answer, health) => {
    expect(await healthOf([answer])).toEqual([health])
  })

  test("is settled at the end of the body, not at its commit", async () => {
    const begun = bytes(preambleOf(chatStream) + contentOf(chatStream))
    const pipeline = pipelineOver({
      clock: virtualClock(),
      fetch: async () => eventStream(chunked([begun], "breaks")),
    })
    const { response, call } = answered(await pipeline.call(streamed()))
    expect(call.attempts[0]).toMatchObject({ committed: true, ending: undefined })
    await response.text().catch(() => {})
    expect(call.attempts[0]?.ending).toMatchObject({
      health: "failure",
      failure: { class: "broken-response" },
    })
  })
})

describe("a call that fails alike wherever it goes", () => {
  test.each([
    ["server errors", failing(500)],
    ["broken answers", broken],
  ] as const)("by %s counts against two endpoints and no further one", async (_, answer) => {
    expect(await healthOf([answer, answer, answer, answer])).toEqual([
      "failure",
      "failure",
      "neutral",
      "neutral",
    ])
  })

  test("counts the keys of an endpoint as one", async () => {
    const endpoints = [keyless("a", { keys: ["1", "2"] }), endpoint("b"), endpoint("c")]
    expect(await healthOf(Array(4).fill(failing(500)), endpoints)).toEqual([
      "failure",
      "failure",
      "failure",
      "neutral",
    ])
  })

  test("goes on counting against the two it counted against", async () => {
    const order = ["a", "b", "c", "a", "b"]
    const wandering: Plugin = {
      name: "wandering",
      setup: () => ({
        async call(request, next, context) {
          const { candidates } = context.call
          const choices = order.map((id) => candidates.find(({ endpoint: name }) => name === id)!)
          for (const target of choices) await next(request, context.with(Choice, { target, kind: "repeat" }))
          return next(request, context.with(Choice, { target: choices[0]!, kind: "repeat" }))
        },
      }),
    }
    const pipeline = pipelineOver({
      clock: virtualClock(),
      endpoints: ["a", "b", "c"].map((id) => endpoint(id)),
      use: [wandering],
      fetch: async () => failing(500)(),
    })
    const { call } = await pipeline.call(plain())
    const health = call.attempts.map(({ ending }) => ending?.health)
    expect(health).toEqual(["failure", "failure", "neutral", "failure", "failure", "failure"])
  })

  test("is not what failing differently is, nor being unreachable or overloaded", async () => {
    expect(await healthOf([failing(500), broken, failing(500), broken])).toEqual(Array(4).fill("failure"))
    expect(await healthOf(Array(4).fill(unreachable))).toEqual(Array(4).fill("failure"))
    expect(await healthOf(Array(4).fill(failing(503)))).toEqual(Array(4).fill("failure"))
  })

  test("says nothing of the next call", async () => {
    const { fetch } = recording(failing(500))
    const pipeline = pipelineOver({
      clock: virtualClock(),
      endpoints: ["a", "b", "c"].map((id) => endpoint(id)),
      use: [failover],
      fetch,
    })
    for (let calls = 0; calls < 2; calls++) {
      const { call } = await pipeline.call(plain())
      expect(call.attempts.map(({ ending }) => ending?.health)).toEqual(["failure", "failure", "neutral"])
    }
  })
})

describe("the events of a call", () => {
  test("come in order, once each", async () => {
    const clock = virtualClock()
    const log: string[] = []
    const { fetch } = recording(async (_, index) => {
      await clock.sleep(10)
      return index === 0 ? new Response("", { status: 500 }) : Response.json(chatAnswer)
    })
    const pipeline = pipelineOver({
      clock,
      endpoints: [endpoint("a"), endpoint("b")],
      use: [failover],
      fetch,
    })
    pipeline.on(CallStarted, ({ call }) => log.push(`call ${call.model} ${call.operation.name}`))
    pipeline.on(AttemptStarted, ({ attempt }) => log.push(`${attempt.number} starts`))
    pipeline.on(AttemptEnded, ({ attempt, ending }) =>
      log.push(`${attempt.number} ends after ${ending.durationMs}`),
    )
    pipeline.on(CallEnded, ({ ending }) =>
      log.push(`call ends after ${ending.durationMs} with ${ending.attempts.length}`),
    )
    const { call } = await clock.runUntil(pipeline.call(plain()))
    expect(log).toEqual([
      "call m chat",
      "1 starts",
      "1 ends after 10",
      "2 starts",
      "2 ends after 10",
      "call ends after 20 with 2",
    ])
    expect(call.trail).toEqual([
      { atMs: 0, step: "attempt-started", target: "a/key-1", number: 1, kind: "first" },
      {
        atMs: 10,
        step: "attempt-failed",
        target: "a/key-1",
        number: 1,
        class: "server-error",
        code: "server-error",
        status: 500,
      },
      { atMs: 10, step: "attempt-started", target: "b/key-1", number: 2, kind: "first" },
      { atMs: 20, step: "attempt-succeeded", target: "b/key-1", number: 2 },
    ])
  })

  test("tell what the answer was billed for and when its content began", async () => {
    const clock = virtualClock()
    const endings: unknown[] = []
    const pipeline = pipelineOver({
      clock,
      fetch: async () => {
        await clock.sleep(30)
        return eventStream(chunked(chatStream.events.map(bytes)))
      },
    })
    pipeline.on(CallEnded, ({ ending }) => endings.push(ending))
    const { response } = answered(await clock.runUntil(pipeline.call(streamed())))
    await clock.advance(70)
    await response.text()
    expect(endings).toMatchObject([
      {
        durationMs: 100,
        firstContentMs: 30,
        attempts: [{ ending: { firstContentMs: 30, usage: { input: 3, output: 2 } } }],
      },
    ])
  })

  test("reach no further than their listeners: one that fails in any way changes nothing, and nothing is sent twice", async () => {
    const { fetch, requests } = recording(fine)
    const pipeline = pipelineOver({ clock: virtualClock(), fetch })
    const listeners: readonly unknown[] = [
      () => {
        throw new Error("metrics bug")
      },
      () => Promise.reject(new Error("metrics bug")),
      () => new Promise(() => {}),
    ]
    for (const type of [CallStarted, AttemptStarted, AttemptEnded, CallEnded])
      for (const listener of listeners) pipeline.on<unknown>(type, listener as () => void)
    expect(await answered(await pipeline.call(plain())).response.json()).toEqual(chatAnswer)
    expect(requests).toHaveLength(1)
  })
})
