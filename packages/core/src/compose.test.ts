import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, fed, recording, silent } from "../test/answers.ts"
import { answered, endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, streamed } from "../test/streams.ts"
import type { Answer } from "./answer.ts"
import { Excluded } from "./context.ts"
import { AttemptEnded, CallEnded } from "./events.ts"
import type { Failure } from "./failure.ts"
import type { Pipeline } from "./pipeline.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { AttemptMiddleware, CallMiddleware, Plugin } from "./plugin.ts"

const around = (call: CallMiddleware): Plugin => ({ name: "around", setup: () => ({ call }) })
const inside = (attempt: AttemptMiddleware): Plugin => ({ name: "inside", setup: () => ({ attempt }) })

const answering = () => recording(() => Response.json(chatAnswer))
const twoEndpoints = { endpoints: [endpoint("a"), endpoint("b")] }

/** Writes down how each attempt and call of a pipeline ended. */
function endingsOf(pipeline: Pipeline): string[] {
  const endings: string[] = []
  pipeline.on(AttemptEnded, ({ attempt, ending }) =>
    endings.push(`${attempt.target.endpoint} ${ending.failure?.code ?? "success"}`),
  )
  pipeline.on(CallEnded, ({ ending }) => endings.push(`call ${ending.failure?.code ?? "success"}`))
  return endings
}

const over = (options: Partial<PipelineOptions>) => {
  const clock = virtualClock()
  const pipeline = pipelineOver({ clock, ...options })
  return { clock, pipeline, endings: endingsOf(pipeline) }
}

test("layers of a scope run in the order they are listed, the call's around the attempt's", async () => {
  const log: string[] = []
  const both = (name: string): Plugin => ({
    name,
    setup: () => ({
      async call(request, next, context) {
        log.push(`${name} call`)
        const answer = await next(request, context)
        log.push(`${name} call is over`)
        return answer
      },
      async attempt(request, next, context) {
        log.push(`${name} attempt`)
        const answer = await next(request, context)
        log.push(`${name} attempt is over`)
        return answer
      },
    }),
  })
  const { pipeline } = over({ use: [both("outer"), both("inner")], fetch: answering().fetch })
  await pipeline.call(plain())
  expect(log).toEqual([
    "outer call",
    "inner call",
    "outer attempt",
    "inner attempt",
    "inner attempt is over",
    "outer attempt is over",
    "inner call is over",
    "outer call is over",
  ])
})

describe("a call middleware", () => {
  const bug = new Error("plugin bug")
  const throwing: [string, CallMiddleware][] = [
    [
      "throws at once",
      () => {
        throw bug
      },
    ],
    [
      "throws before it goes on",
      async () => {
        throw bug
      },
    ],
    [
      "throws after the answer",
      async (request, next, context) => {
        await next(request, context)
        throw bug
      },
    ],
  ]

  test.each(throwing)("that %s fails the call by its name", async (_, call) => {
    const { clock, pipeline, endings } = over({ use: [around(call)], fetch: answering().fetch })
    const { failure, error } = refused(await pipeline.call(plain()))
    expect(failure).toMatchObject({ class: "call-refused", code: "plugin-failed" })
    expect(error.message).toContain(`"around"`)
    expect(error.cause).toBe(bug)
    expect(endings.filter((ending) => ending.startsWith("call"))).toEqual(["call plugin-failed"])
    expect(clock.pending).toBe(0)
  })

  test.each(throwing)("that %s is heard by the layer outside of it", async (_, call) => {
    const heard: Answer[] = []
    const outer: Plugin = {
      name: "outer",
      setup: () => ({
        async call(request, next, context) {
          heard.push(await next(request, context))
          return next(request, context)
        },
      }),
    }
    const { pipeline } = over({ use: [outer, around(call)], fetch: answering().fetch })
    refused(await pipeline.call(plain()))
    expect(heard).toEqual([expect.objectContaining({ ok: false })])
  })

  const someFailure: Failure = {
    class: "call-refused",
    code: "budget-spent",
    message: "The budget is spent.",
  }

  test("may answer without going on: nothing is sent", async () => {
    const { fetch, requests } = answering()
    const { pipeline, endings } = over({
      use: [around(async () => ({ ok: false, failure: someFailure }))],
      fetch,
    })
    expect(refused(await pipeline.call(plain())).failure).toEqual(someFailure)
    expect(requests).toHaveLength(0)
    expect(endings).toEqual(["call budget-spent"])
  })

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a response", Response.json(chatAnswer)],
    ["a made-up answer", { ok: true, attempt: {} }],
    ["a failure without a failure", { ok: false }],
    ["a failure of no class", { ok: false, failure: { class: "bad-luck", code: "x", message: "x" } }],
  ])("that answers with %s fails the call by its name", async (_, junk) => {
    const { clock, pipeline, endings } = over({
      use: [around(async () => junk as never)],
      fetch: answering().fetch,
    })
    expect(refused(await pipeline.call(plain())).failure.code).toBe("plugin-failed")
    expect(endings).toEqual(["call plugin-failed"])
    expect(clock.pending).toBe(0)
  })

  test("that answers with another call's answer fails the call; that answer stays whole", async () => {
    const kept: Answer[] = []
    const cache = around(async (request, next, context) => {
      kept[0] ??= await next(request, context)
      return kept[0]
    })
    const { pipeline, endings } = over({
      use: [cache],
      fetch: async () => eventStream(chunked(chatStream.events.map(bytes))),
    })
    const first = answered(await pipeline.call(streamed()))
    expect(refused(await pipeline.call(streamed())).failure.code).toBe("plugin-failed")
    expect(await first.response.text()).toBe(chatStream.events.join(""))
    expect(endings).toEqual(["call plugin-failed", "a success", "call success"])
  })

  test("that never settles is ended by the caller or the deadline", async () => {
    const { clock, pipeline, endings } = over({
      use: [around(() => new Promise(() => {}))],
      deadlineMs: 1000,
    })
    expect(refused(await clock.runUntil(pipeline.call(plain()))).failure.code).toBe("deadline-exceeded")
    expect(endings).toEqual(["call deadline-exceeded"])
    expect(clock.pending).toBe(0)
  })

  test("that goes on twice gets both answers; the one it does not return is cancelled", async () => {
    const bodies = [fed(), fed()]
    const twice = around(async (request, next, context) => {
      await next(request, context)
      return next(request, context.with(Excluded, new Set(["a/key-1"])))
    })
    const { pipeline, endings } = over({
      ...twoEndpoints,
      use: [twice],
      fetch: async (url) => eventStream(bodies[url.startsWith("https://a.") ? 0 : 1]!.stream),
    })
    for (const body of bodies) body.push(chatStream.events.join(""))
    bodies[0]!.push("more")
    const { response } = answered(await pipeline.call(streamed()))
    expect(await response.text()).toBe(chatStream.events.join(""))
    expect(endings).toEqual(["a success", "b success", "call success"])
  })

  test("that goes on twice at once gets both answers; the one it does not return is cancelled", async () => {
    const bodies = [fed(), fed()]
    const seen: boolean[] = []
    const twice = around(async (request, next, context) => {
      const both = await Promise.all([
        next(request, context),
        next(request, context.with(Excluded, new Set(["a/key-1"]))),
      ])
      seen.push(...both.map(({ ok }) => ok))
      return both[1]
    })
    const { pipeline, endings } = over({
      ...twoEndpoints,
      use: [twice],
      fetch: async (url) => eventStream(bodies[url.startsWith("https://a.") ? 0 : 1]!.stream),
    })
    for (const body of bodies) body.push(preambleOf(chatStream) + contentOf(chatStream))
    const { response, call } = answered(await pipeline.call(streamed()))
    expect(seen).toEqual([true, true])
    expect(bodies[0]!.isCancelled).toBe(true)
    bodies[1]!.push(chatStream.events.slice(chatStream.content + 1).join(""))
    await response.text()
    expect(bodies[1]!.isCancelled).toBe(false)
    expect(endings).toEqual(["a superseded", "b success", "call success"])
    expect(call.attempts.map(({ ending }) => ending?.health)).toEqual(["neutral", "success"])
  })

  test("that leaves an attempt behind does not keep it alive beyond the call", async () => {
    const { fetch, requests } = recording((request) =>
      request.url.startsWith("https://a.") ? silent(request) : Response.json(chatAnswer),
    )
    const leaving = around((request, next, context) => {
      void next(request, context)
      return next(request, context.with(Excluded, new Set(["a/key-1"])))
    })
    const { clock, pipeline, endings } = over({ ...twoEndpoints, use: [leaving], fetch })
    answered(await pipeline.call(plain()))
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(endings).toEqual(["b success", "a superseded", "call success"])
    expect(clock.pending).toBe(0)
  })

  test("that goes on when its call is over gets no attempt, and its waits end", async () => {
    const { fetch, requests } = answering()
    const late: Promise<unknown>[] = []
    const lingering = around(async (request, next, context) => {
      const answer = await next(request, context)
      const woken = clock.sleep(60_000, context.signal).catch(() => "woken")
      const goOn = async () => [await woken, await next(request, context)]
      late.push(goOn())
      return answer
    })
    const { clock, pipeline, endings } = over({ use: [lingering], fetch })
    answered(await pipeline.call(plain()))
    expect(clock.pending).toBe(0)
    expect(await late[0]).toEqual(["woken", expect.objectContaining({ ok: false })])
    expect(requests).toHaveLength(1)
    expect(endings).toEqual(["a success", "call success"])
  })

  test("can watch the call's end however late it asks", async () => {
    const ends: string[] = []
    const watching = around(async (request, next, context) => {
      const { call } = context
      call.onEnd(() => ends.push("early"))
      call.onEnd(() => {
        throw bug
      })
      const answer = await next(request, context)
      void Promise.resolve().then(async () => {
        await clock.sleep(1)
        call.onEnd(({ durationMs }) => ends.push(`late ${durationMs}`))
      })
      return answer
    })
    const { clock, pipeline } = over({ use: [watching], fetch: answering().fetch })
    answered(await pipeline.call(plain()))
    await clock.run()
    expect(ends).toEqual(["early", "late 0"])
  })
})

describe("a branch", () => {
  test("that is cancelled ends its attempts as superseded, its waits and its branches", async () => {
    const { fetch, requests } = recording((request) =>
      request.url.startsWith("https://a.") ? silent(request) : Response.json(chatAnswer),
    )
    const woken: unknown[] = []
    const hedging = around(async (request, next, context) => {
      const branch = context.branch()
      const inner = branch.context.branch()
      const lost = next(request, inner.context)
      const sleep = clock.sleep(60_000, inner.context.signal).catch((error: unknown) => error)
      const won = await next(request, context.with(Excluded, new Set(["a/key-1"])))
      branch.cancel("superseded")
      woken.push((await lost).ok, ((await sleep) as Error).name)
      return won
    })
    const { clock, pipeline, endings } = over({ ...twoEndpoints, use: [hedging], fetch })
    const { call } = answered(await pipeline.call(plain()))
    expect(woken).toEqual([false, "AbortError"])
    expect(requests[0]?.signal.aborted).toBe(true)
    expect(endings).toEqual(["b success", "a superseded", "call success"])
    expect(call.attempts[0]?.ending).toMatchObject({ health: "neutral" })
    expect(clock.pending).toBe(0)
  })

  test("that is cancelled while a layer inside it waits is no fault of that layer", async () => {
    const lost: Answer[] = []
    const waiting: Plugin = {
      name: "waiting",
      setup: () => ({
        async call(request, next, context) {
          await clock.sleep(60_000, context.signal)
          return next(request, context)
        },
      }),
    }
    const hedging = around(async (request, next, context) => {
      const branch = context.branch()
      const hedge = next(request, branch.context)
      branch.cancel("superseded")
      lost.push(await hedge)
      return lost[0]!
    })
    const { clock, pipeline } = over({ use: [hedging, waiting], fetch: answering().fetch })
    refused(await pipeline.call(plain()))
    expect(lost).toMatchObject([{ ok: false, failure: { class: "superseded" } }])
  })

  test("whose answer is not the one returned is cancelled with its body, whoever returns which", async () => {
    const bodies = [fed(), fed()]
    for (const body of bodies) body.push(preambleOf(chatStream) + contentOf(chatStream))
    const hedging = around(async (request, next, context) => {
      await next(request, context.branch().context.branch().context)
      return next(request, context.with(Excluded, new Set(["a/key-1"])))
    })
    const { pipeline, endings } = over({
      ...twoEndpoints,
      use: [hedging],
      fetch: async (url) => eventStream(bodies[url.startsWith("https://a.") ? 0 : 1]!.stream),
    })
    const { response } = answered(await pipeline.call(streamed()))
    expect(endings).toEqual(["a superseded"])
    expect(bodies.map(({ isCancelled }) => isCancelled)).toEqual([true, false])
    await response.body?.cancel()
  })

  test("has a signal that tells of its end also to who asks for it late", async () => {
    const signals: (() => AbortSignal)[] = []
    const { pipeline } = over({
      use: [
        around((request, next, context) => {
          signals.push(() => context.signal)
          return next(request, context)
        }),
      ],
      fetch: answering().fetch,
    })
    answered(await pipeline.call(plain()))
    expect(signals[0]?.()).toMatchObject({ aborted: true, reason: { name: "AbortError" } })
  })

  test("that was cancelled takes no new attempt", async () => {
    const { fetch, requests } = answering()
    const { pipeline } = over({
      use: [
        around((request, next, context) => {
          const branch = context.branch()
          branch.cancel("superseded")
          return next(request, branch.context.branch().context)
        }),
      ],
      fetch,
    })
    expect(refused(await pipeline.call(plain())).failure.class).toBe("superseded")
    expect(requests).toHaveLength(0)
  })

  test("of a call that is cancelled is cancelled too", async () => {
    const controller = new AbortController()
    const { fetch, requests } = recording(silent)
    const { pipeline } = over({
      use: [around((request, next, context) => next(request, context.branch().context))],
      fetch,
    })
    const call = pipeline.call(plain(undefined, { signal: controller.signal }))
    await Promise.resolve()
    await Promise.resolve()
    controller.abort()
    expect(refused(await call).failure.class).toBe("cancelled")
    expect(requests.every(({ signal }) => signal.aborted)).toBe(true)
  })
})

describe("an attempt middleware", () => {
  const bug = new Error("plugin bug")
  const broken: Failure = {
    class: "broken-response",
    code: "answer-rejected",
    message: "The answer is no good.",
  }

  test.each<[string, AttemptMiddleware, string]>([
    [
      "throws",
      () => {
        throw bug
      },
      "plugin-failed",
    ],
    [
      "throws after the answer",
      async (request, next, context) => {
        await next(request, context)
        throw bug
      },
      "plugin-failed",
    ],
    ["answers without going on", async () => ({ ok: false, failure: broken }), "answer-rejected"],
    ["answers with junk", async () => undefined as never, "plugin-failed"],
  ])("that %s ends its attempt at once, before the call moves on", async (_, attempt, code) => {
    const { pipeline, endings } = over({
      ...twoEndpoints,
      use: [
        failover,
        inside((request, next, context) =>
          context.attempt?.number === 1 ? attempt(request, next, context) : next(request, context),
        ),
      ],
      fetch: async () => eventStream(chunked(chatStream.events.map(bytes))),
    })
    const { response, call } = answered(await pipeline.call(streamed()))
    expect(endings).toEqual([`a ${code}`])
    expect(call.attempts[0]?.ending?.failure?.code).toBe(code)
    await response.text()
    expect(endings).toEqual([`a ${code}`, "b success", "call success"])
  })

  test("that finds the answer no good replaces it though it had committed", async () => {
    const body = fed()
    body.push(preambleOf(chatStream) + contentOf(chatStream))
    const { pipeline, endings } = over({
      ...twoEndpoints,
      use: [
        failover,
        inside(async (request, next, context) => {
          const answer = await next(request, context)
          return context.attempt?.number === 1 ? { ok: false, failure: broken } : answer
        }),
      ],
      fetch: async (url) =>
        eventStream(url.startsWith("https://a.") ? body.stream : chunked(chatStream.events.map(bytes))),
    })
    const { response } = answered(await pipeline.call(streamed()))
    expect(body.isCancelled).toBe(true)
    expect(await response.text()).toBe(chatStream.events.join(""))
    expect(endings).toEqual(["a answer-rejected", "b success", "call success"])
  })

  test("that answers with another attempt's answer has its own attempt cancelled", async () => {
    const kept: Answer[] = []
    const seen: string[] = []
    const bodies = [fed(), fed()]
    for (const body of bodies) body.push(preambleOf(chatStream) + contentOf(chatStream))
    const { pipeline, endings } = over({
      ...twoEndpoints,
      use: [
        around(async (request, next, context) => {
          await next(request, context)
          const answer = await next(request, context.with(Excluded, new Set(["a/key-1"])))
          seen.push(...endings)
          return answer
        }),
        inside(async (request, next, context) => {
          kept.push(await next(request, context))
          return kept[0]!
        }),
      ],
      fetch: async (url) => eventStream(bodies[url.startsWith("https://a.") ? 0 : 1]!.stream),
    })
    const { response } = answered(await pipeline.call(streamed()))
    expect(seen).toEqual(["b superseded"])
    expect(bodies.map(({ isCancelled }) => isCancelled)).toEqual([false, true])
    await response.body?.cancel()
  })

  test("that goes on twice gets one exchange: that is what an attempt is", async () => {
    const { fetch, requests } = answering()
    const { pipeline, endings } = over({
      use: [
        inside(async (request, next, context) => {
          const [first, second] = await Promise.all([next(request, context), next(request, context)])
          expect(second).toBe(first)
          return next(request, context)
        }),
      ],
      fetch,
    })
    expect(await answered(await pipeline.call(plain())).response.json()).toEqual(chatAnswer)
    expect(requests).toHaveLength(1)
    expect(endings).toEqual(["a success", "call success"])
  })

  test("can change what is sent", async () => {
    const { fetch, requests } = answering()
    const { pipeline } = over({
      use: [
        inside((request, next, context) =>
          next({ ...request, headers: { ...request.headers, "x-trace": context.attempt!.id } }, context),
        ),
      ],
      fetch,
    })
    const { call } = answered(await pipeline.call(plain()))
    expect(requests[0]?.headers.get("x-trace")).toBe(`${call.id}-1`)
  })
})
