import { getEventListeners } from "node:events"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { eventStream, fed, recording, silent } from "../test/answers.ts"
import type { FedBody, SentRequest } from "../test/answers.ts"
import { endpoint, failover, pipelineOver } from "../test/pipelines.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, streamed } from "../test/streams.ts"
import { AttemptCommitted, AttemptEnded, AttemptStarted, CallEnded, CallStarted } from "./events.ts"
import type { EventType } from "./event.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { Plugin } from "./plugin.ts"

const path = "/chat/completions"
const begun = preambleOf(chatStream) + contentOf(chatStream)
const rest = chatStream.events.slice(chatStream.content + 1).join("")
const json = { "content-type": "application/json" }

/** One caller, one call, and everything that could be left behind. */
function setUp(
  answer: (body: FedBody, request: SentRequest) => Response | Promise<Response>,
  more?: Partial<PipelineOptions>,
) {
  const clock = virtualClock()
  const body = fed()
  const { fetch, requests } = recording((request) => answer(body, request))
  const pipeline = pipelineOver({ clock, fetch, ...more })
  const controller = new AbortController()
  const reason = new Error("the caller has had enough")
  const endings: string[] = []
  pipeline.on(AttemptEnded, ({ ending }) =>
    endings.push(`attempt ${ending.failure?.class ?? "success"} ${ending.health}`),
  )
  pipeline.on(CallEnded, ({ ending }) => endings.push(`call ${ending.failure?.class ?? "success"}`))
  return {
    clock,
    body,
    requests,
    pipeline,
    reason,
    endings,
    signal: controller.signal,
    abort: () => controller.abort(reason),
    call: ({ body: sent } = streamed()) =>
      pipeline.fetch(path, { method: "POST", body: sent as string, signal: controller.signal }),
    left: () => ({ timers: clock.pending, listeners: getEventListeners(controller.signal, "abort").length }),
  }
}

const silence = (_: FedBody, request: SentRequest) => silent(request)

const nothing = { timers: 0, listeners: 0 }
const cancelledOnce = ["attempt cancelled neutral", "call cancelled"]

describe("law 8: the caller's abort ends everything at once", () => {
  test("before the call: nothing is sent", async () => {
    const { call, abort, reason, requests, endings, left } = setUp(silence)
    abort()
    await expect(call()).rejects.toBe(reason)
    expect(requests).toHaveLength(0)
    expect(endings).toEqual(["call cancelled"])
    expect(left()).toEqual(nothing)
  })

  test.each<[string, (body: FedBody, request: SentRequest) => Response | Promise<Response>, boolean]>([
    ["before the headers", silence, false],
    ["before the headers of a transport that does not listen", () => new Promise(() => {}), false],
    [
      "while the preamble is held",
      (body) => {
        body.push(preambleOf(chatStream))
        return eventStream(body.stream)
      },
      true,
    ],
    [
      "while a whole answer is read",
      (body) => {
        body.push(`{"choices":`)
        return new Response(body.stream, { headers: json })
      },
      true,
    ],
    [
      "while the body of an error is read",
      (body) => {
        body.push(`{"error":`)
        return new Response(body.stream, { status: 500 })
      },
      true,
    ],
  ])("%s", async (_, answer, hasBody) => {
    const { clock, call, abort, reason, body, requests, endings, left } = setUp(answer)
    const result = call()
    result.catch(() => {})
    await clock.advance(100)
    abort()
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(endings).toEqual(cancelledOnce.slice(0, 1))
    await expect(result).rejects.toBe(reason)
    await clock.advance(0)
    expect(body.isCancelled).toBe(hasBody)
    expect(endings).toEqual(cancelledOnce)
    expect(left()).toEqual(nothing)
  })

  test("while a key is fetched", async () => {
    const { clock, call, abort, reason, requests, endings, left } = setUp(silence, {
      endpoints: [endpoint("a", { key: () => new Promise(() => {}) })],
    })
    const result = call()
    result.catch(() => {})
    await clock.advance(100)
    abort()
    await expect(result).rejects.toBe(reason)
    expect(requests).toHaveLength(0)
    expect(endings).toEqual(cancelledOnce)
    expect(left()).toEqual(nothing)
  })

  test("while a plugin waits", async () => {
    const waiting: Plugin = {
      name: "waiting",
      setup: ({ clock }) => ({
        async call(request, next, context) {
          await clock.sleep(60_000, context.signal)
          return next(request, context)
        },
      }),
    }
    const { clock, call, abort, reason, requests, left } = setUp(silence, {
      use: [waiting],
    })
    const result = call()
    result.catch(() => {})
    await clock.advance(100)
    abort()
    await expect(result).rejects.toBe(reason)
    await clock.advance(0)
    expect(requests).toHaveLength(0)
    expect(left()).toEqual(nothing)
  })

  test("while the caller waits for more of a stream: it gets its own reason", async () => {
    const { clock, call, abort, reason, body, requests, endings, left } = setUp((fedBody) =>
      eventStream(fedBody.stream),
    )
    body.push(begun)
    const reader = (await call()).body!.getReader()
    await reader.read()
    const pending = reader.read()
    pending.catch(() => {})
    await clock.advance(100)
    abort()
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(body.isCancelled).toBe(true)
    expect(endings).toEqual(cancelledOnce)
    await expect(pending).rejects.toBe(reason)
    await expect(reader.read()).rejects.toBe(reason)
    expect(left()).toEqual(nothing)
  })

  test("while nobody reads", async () => {
    const { call, abort, reason, body, endings, left } = setUp((fedBody) => eventStream(fedBody.stream))
    body.push(begun)
    const response = await call()
    abort()
    expect(body.isCancelled).toBe(true)
    expect(endings).toEqual(cancelledOnce)
    await expect(response.text()).rejects.toBe(reason)
    expect(left()).toEqual(nothing)
  })

  test("while a stream is read that has nothing more to say: the provider is not blamed", async () => {
    const { call, abort, reason, body, endings, left } = setUp((fedBody) => eventStream(fedBody.stream))
    body.push(chatStream.events.slice(0, chatStream.complete + 1).join(""))
    const response = await call()
    abort()
    await expect(response.text()).rejects.toBe(reason)
    expect(endings).toEqual(["attempt success success", "call cancelled"])
    expect(left()).toEqual(nothing)
  })

  test("in a binary answer", async () => {
    const { clock, pipeline, signal, abort, reason, body, endings, left } = setUp(
      (fedBody) => new Response(fedBody.stream),
    )
    body.push("RIFF")
    const response = await pipeline.fetch("/audio/speech", { method: "POST", body: "{}", signal })
    const audio = response.arrayBuffer()
    audio.catch(() => {})
    await clock.advance(100)
    abort()
    await expect(audio).rejects.toBe(reason)
    expect(body.isCancelled).toBe(true)
    expect(endings).toEqual(cancelledOnce)
    expect(left()).toEqual(nothing)
  })

  test.each<[string, (body: FedBody) => Response]>([
    ["a stream", (body) => eventStream(body.stream)],
    ["a whole answer", () => Response.json(chatAnswer)],
  ])("and after the end of %s it does nothing any more", async (kind, answer) => {
    const { call, abort, body, requests, endings, left } = setUp(answer)
    body.push(begun + rest)
    body.end()
    await (await call(kind === "a stream" ? streamed() : plain())).text()
    expect(left()).toEqual(nothing)
    abort()
    expect(requests[0]?.signal.aborted).toBe(false)
    expect(endings).toEqual(["attempt success success", "call success"])
  })

  test.each<[string, EventType<unknown>]>([
    ["call-started", CallStarted],
    ["attempt-started", AttemptStarted],
    ["attempt-committed", AttemptCommitted],
  ])("also from a listener of %s", async (_, type) => {
    const { pipeline, call, abort, reason, body, endings, left } = setUp((fedBody) =>
      eventStream(fedBody.stream),
    )
    pipeline.on(type, abort)
    body.push(begun)
    await expect(call()).rejects.toBe(reason)
    expect(endings.at(-1)).toBe("call cancelled")
    expect(left()).toEqual(nothing)
  })

  test("in the very moment its answer comes out", async () => {
    for (let turns = 0; turns < 12; turns++) {
      const { call, abort, reason, body, left } = setUp((fedBody) => eventStream(fedBody.stream), {
        use: [
          {
            name: "late",
            setup: () => ({
              async call(request, next, context) {
                const answer = await next(request, context)
                let turn = Promise.resolve()
                for (let more = 0; more < turns; more++) turn = turn.then(() => {})
                void turn.then(() => abort())
                return answer
              },
            }),
          },
        ],
      })
      body.push(begun)
      const text = call().then((response) => response.text())
      await expect(text).rejects.toBe(reason)
      expect(body.isCancelled).toBe(true)
      expect(left()).toEqual(nothing)
    }
  })

  test("and no other target is tried for a caller who has gone", async () => {
    const { clock, call, abort, reason, requests } = setUp(silence, {
      endpoints: [endpoint("a"), endpoint("b")],
      use: [failover],
    })
    const result = call()
    result.catch(() => {})
    await clock.advance(100)
    abort()
    await expect(result).rejects.toBe(reason)
    await clock.advance(60_000)
    expect(requests).toHaveLength(1)
  })
})

describe("law 8: so does giving up the body", () => {
  const ways: [string, (response: Response) => Promise<unknown>][] = [
    ["cancel() before anything was read", (response) => response.body!.cancel()],
    [
      "cancel() with a read pending",
      async (response) => {
        const reader = response.body!.getReader()
        await reader.read()
        const pending = reader.read()
        await reader.cancel()
        await pending
      },
    ],
    [
      "break",
      async (response) => {
        for await (const piece of response.body!) if (piece.length > 0) break
      },
    ],
    [
      "a throw in the loop",
      async (response) => {
        const bug = async (): Promise<void> => {
          for await (const piece of response.body!) throw new Error(`bug ${piece.length}`)
        }
        await bug().catch(() => {})
      },
    ],
  ]

  test.each(ways)("by %s", async (_, giveUp) => {
    const { clock, call, body, requests, endings, left } = setUp((fedBody) => eventStream(fedBody.stream))
    body.push(begun)
    await giveUp(await call())
    await clock.advance(0)
    expect(body.isCancelled).toBe(true)
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(endings).toEqual(cancelledOnce)
    expect(left()).toEqual(nothing)
  })
})

test("a signal shared by many calls carries no listener when they are over", async () => {
  const controller = new AbortController()
  const pipeline = pipelineOver({ clock: virtualClock(), fetch: async () => Response.json(chatAnswer) })
  const calls = Array.from({ length: 50 }, () =>
    pipeline.call(plain(undefined, { signal: controller.signal })),
  )
  expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true)
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0)
})

test("two thousand aborted calls leave no timer and no listener", async () => {
  const clock = virtualClock()
  const controller = new AbortController()
  const { fetch } = recording(silent)
  const pipeline = pipelineOver({ clock, fetch })
  const calls = Array.from({ length: 2000 }, () =>
    pipeline.call(plain(undefined, { signal: controller.signal })),
  )
  await clock.advance(1)
  controller.abort()
  expect((await Promise.all(calls)).every(({ ok }) => !ok)).toBe(true)
  expect(clock.pending).toBe(0)
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0)
})
