import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, fed, recording, silent } from "../test/answers.ts"
import { answered, endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, plain, streamed } from "../test/streams.ts"
import { AttemptEnded } from "./events.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { CallInput } from "./read-request.ts"
import type { Fetch } from "./transport.ts"

const jsonHeaders = { "content-type": "application/json" }

/** Makes a call whose provider answers so. */
const callWith = (response: Response, input: CallInput = plain(), more: Partial<PipelineOptions> = {}) =>
  pipelineOver({ clock: virtualClock(), fetch: async () => response, ...more }).call(input)

describe("a JSON answer", () => {
  test("reaches the caller byte for byte with its status and headers", async () => {
    const text = `{ "choices" : [ {"index":0} ],\n "object":"chat.completion", "ü": 1.0 }`
    const { response } = answered(
      await callWith(new Response(text, { status: 201, headers: { ...jsonHeaders, "x-request-id": "r-1" } })),
    )
    expect(response.status).toBe(201)
    expect(response.headers.get("x-request-id")).toBe("r-1")
    expect(await response.text()).toBe(text)
  })

  test("that came compressed loses the headers that described it so", async () => {
    const headers = { ...jsonHeaders, "content-encoding": "gzip", "content-length": "30" }
    const { response } = answered(await callWith(Response.json(chatAnswer, { headers })))
    expect(Object.fromEntries(response.headers)).toEqual(jsonHeaders)
    expect(await response.json()).toEqual(chatAnswer)
  })

  test("in pieces is put together", async () => {
    const pieces = [...bytes(JSON.stringify(chatAnswer))].map((byte) => Uint8Array.of(byte))
    const { response } = answered(await callWith(new Response(chunked(pieces), { headers: jsonHeaders })))
    expect(await response.json()).toEqual(chatAnswer)
  })

  test.each<[string, () => Response, string]>([
    ["cut", () => new Response(`{"choices":[{"mess`, { headers: jsonHeaders }), "answer-broken"],
    [
      "a web page",
      () => new Response("<html>Bad gateway</html>", { headers: { "content-type": "text/html" } }),
      "answer-broken",
    ],
    ["empty", () => new Response("", { headers: jsonHeaders }), "answer-broken"],
    ["without a body", () => new Response(null, { headers: jsonHeaders }), "answer-empty"],
    [
      "reset",
      () => new Response(chunked([bytes(`{"choices":`)], "breaks"), { headers: jsonHeaders }),
      "answer-cut",
    ],
    ["a list", () => Response.json([1]), "answer-broken"],
    [
      "an error",
      () => Response.json({ error: { message: "no capacity", type: "overloaded_error" } }),
      "answer-broken",
    ],
  ])("that is %s fails within its attempt, and another target answers", async (_, broken, code) => {
    expect(refused(await callWith(broken())).failure.code).toBe(code)
    const fetch: Fetch = async (url) => (url.startsWith("https://a.") ? broken() : Response.json(chatAnswer))
    const pipeline = pipelineOver({ endpoints: [endpoint("a"), endpoint("b")], use: [failover], fetch })
    expect(await answered(await pipeline.call(plain())).response.json()).toEqual(chatAnswer)
  })

  test("that is an error is classified by what it says", async () => {
    const error = { error: { message: "no capacity", type: "overloaded_error" } }
    expect(refused(await callWith(Response.json(error))).failure.class).toBe("overloaded")
  })

  test("larger than 128 MiB is refused before it fills the memory", async () => {
    const piece = new Uint8Array(1024 * 1024).fill(32)
    let pulled = 0
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(piece) ?? void pulled++ })
    const result = await callWith(new Response(endless, { headers: jsonHeaders }))
    expect(refused(result).failure.code).toBe("answer-too-large")
    expect(pulled).toBeLessThan(140)
  })

  test("to who asked for a stream is broken", async () => {
    expect(refused(await callWith(Response.json(chatAnswer), streamed())).failure.code).toBe("answer-broken")
  })
})

describe("an answer without a body", () => {
  test.each<[string, Response, CallInput]>([
    ["to HEAD", new Response(null, { headers: { "x-total": "3" } }), { method: "HEAD", path: "/models" }],
    ["to DELETE", new Response(null, { status: 204 }), { method: "DELETE", path: "/files/f-1" }],
  ])("%s is one", async (_, response, input) => {
    const result = answered(await callWith(response, input))
    expect(result.response).toBe(response)
    expect(result.call.attempts[0]?.ending).toMatchObject({ health: "success" })
  })

  test("where bytes were asked for is none", async () => {
    const speech = plain("/audio/speech")
    expect(refused(await callWith(new Response(null), speech)).failure.code).toBe("answer-empty")
    expect(refused(await callWith(new Response(""), speech)).failure.code).toBe("answer-empty")
    expect(refused(await callWith(new Response(chunked([bytes("")])), speech)).failure.code).toBe(
      "answer-empty",
    )
  })

  test("that says the caller's copy is still good goes to the caller and speaks against nobody", async () => {
    const input = { path: "/files/f-1/content", headers: { "if-none-match": "x" } }
    const result = answered(await callWith(new Response(null, { status: 304 }), input))
    expect(result.response.status).toBe(304)
    expect(result.call.attempts[0]?.ending).toMatchObject({ health: "success" })
  })
})

describe("an error status", () => {
  test("keeps the provider's answer whole for the caller", async () => {
    const text = `{"error":{"message":"Unsupported value: 'temperature'","type":"invalid_request_error","param":"temperature"}}`
    const { failure, toResponse, error } = refused(
      await callWith(new Response(text, { status: 400, headers: { ...jsonHeaders, "x-request-id": "r-1" } })),
    )
    expect(failure).toMatchObject({ class: "caller-fault", status: 400, provider: { param: "temperature" } })
    expect(error).toMatchObject({ code: failure.code, status: 400 })
    const response = toResponse()
    expect(response.status).toBe(400)
    expect(response.headers.get("x-request-id")).toBe("r-1")
    expect(response.headers.get("x-should-retry")).toBe("false")
    expect(await response.text()).toBe(text)
  })

  test.each<[string, BodyInit | null]>([
    ["without a body", null],
    ["with an empty one", ""],
    ["with one that breaks off", chunked([bytes("Internal ")], "breaks")],
  ])("%s is an error all the same", async (_, body) => {
    expect(refused(await callWith(new Response(body, { status: 500 }))).failure).toMatchObject({
      class: "server-error",
      status: 500,
    })
  })

  test("whose body stalls is told after five seconds with what has come", async () => {
    const clock = virtualClock()
    const body = fed()
    body.push(`{"error":{"message":"slow death"}}`)
    const result = await clock.runUntil(
      callWith(new Response(body.stream, { status: 503 }), plain(), { clock }),
    )
    expect(refused(result).failure).toMatchObject({
      class: "overloaded",
      provider: { message: "slow death" },
    })
    expect(clock.now()).toBe(5000)
    expect(body.isCancelled).toBe(true)
    expect(clock.pending).toBe(0)
  })

  test("with an endless body is cut at 256 kB", async () => {
    let isCancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024).fill(120)),
      cancel: () => void (isCancelled = true),
    })
    const { toResponse } = refused(await callWith(new Response(endless, { status: 500 })))
    expect((await toResponse().text()).length).toBe(256 * 1024)
    expect(isCancelled).toBe(true)
  })

  test("is classified by the user's rows first", async () => {
    const rules = [{ class: "overloaded", status: [400] }] as const
    expect(refused(await callWith(new Response("", { status: 400 }), plain(), { rules })).failure.class).toBe(
      "overloaded",
    )
  })
})

describe("binary answers", () => {
  test("go through as they come", async () => {
    const pieces = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3), Uint8Array.of(0, 255)]
    const body = new Response(chunked(pieces), { headers: { "content-type": "audio/mpeg" } })
    const { response } = answered(await callWith(body, plain("/audio/speech")))
    const seen: Uint8Array[] = []
    for await (const piece of response.body!) seen.push(piece)
    expect(seen).toEqual(pieces.filter(({ length }) => length > 0))
    expect(seen[0]).toBe(pieces[0])
  })

  test("that break off do not end", async () => {
    const body = new Response(chunked([Uint8Array.of(1)], "breaks"))
    const { response } = answered(await callWith(body, plain("/audio/speech")))
    const reader = response.body!.getReader()
    expect((await reader.read()).value).toEqual(Uint8Array.of(1))
    await expect(reader.read()).rejects.toMatchObject({ name: "PipelineError", code: "answer-cut" })
  })

  test("commit with their first byte", async () => {
    const body = fed()
    const clock = virtualClock()
    let isAnswered = false
    const call = callWith(new Response(body.stream), plain("/audio/speech"))
    void call.then(() => (isAnswered = true))
    await clock.advance(0)
    expect(isAnswered).toBe(false)
    body.push("x")
    expect(answered(await call).call.committed).toBe(true)
  })
})

describe("a transport", () => {
  const hostile: [string, Fetch][] = [
    [
      "throws at once",
      () => {
        throw new Error("transport bug")
      },
    ],
    ["rejects", () => Promise.reject(new Error("transport bug"))],
    ["rejects with nothing", () => Promise.reject(undefined)],
    ["gives undefined", () => undefined as never],
    ["gives null in time", async () => null as never],
    ["gives a text", async () => "{}" as never],
    ["gives a plain object", async () => ({ status: 200, json: () => ({}) }) as never],
    ["gives an object that says ok", async () => ({ ok: true }) as never],
    [
      "gives an answer that was read",
      async () => {
        const read = Response.json(chatAnswer)
        await read.text()
        return read
      },
    ],
    [
      "gives an answer that is locked",
      async () => {
        const locked = Response.json(chatAnswer)
        locked.body?.getReader()
        return locked
      },
    ],
  ]

  test.each(hostile)("that %s fails the attempt and nothing more", async (_, broken) => {
    const endings: unknown[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      endpoints: [endpoint("a"), endpoint("b")],
      use: [failover],
      fetch: (url, init) =>
        url.startsWith("https://a.") ? broken(url, init) : Promise.resolve(Response.json(chatAnswer)),
    })
    pipeline.on(AttemptEnded, ({ ending }) => endings.push(ending.failure?.class ?? "success"))
    const { response } = answered(await pipeline.call(plain()))
    expect(await response.json()).toEqual(chatAnswer)
    expect(endings).toEqual([expect.stringMatching(/unreachable|broken-response/), "success"])
  })

  test("that never settles and ignores its signal holds nobody beyond the deadline", async () => {
    const clock = virtualClock()
    const pipeline = pipelineOver({ clock, deadlineMs: 1000, fetch: () => new Promise(() => {}) })
    const { failure } = refused(await clock.runUntil(pipeline.call(plain())))
    expect(failure.code).toBe("deadline-exceeded")
    expect(clock.pending).toBe(0)
  })

  test("that answers too late is told to stop, and its answer is given up", async () => {
    const clock = virtualClock()
    const late = Promise.withResolvers<Response>()
    const body = fed()
    const pipeline = pipelineOver({ clock, deadlineMs: 1000, fetch: () => late.promise })
    refused(await clock.runUntil(pipeline.call(streamed())))
    late.resolve(eventStream(body.stream))
    await clock.advance(0)
    expect(body.isCancelled).toBe(true)
  })

  test("that fails too late bothers nobody", async () => {
    const clock = virtualClock()
    const late = Promise.withResolvers<Response>()
    const pipeline = pipelineOver({ clock, deadlineMs: 1000, fetch: () => late.promise })
    refused(await clock.runUntil(pipeline.call(streamed())))
    late.reject(new Error("too late"))
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  test("is told with the reason of an abort that the attempt is given up", async () => {
    const clock = virtualClock()
    const { fetch, requests } = recording(silent)
    const pipeline = pipelineOver({ clock, deadlineMs: 1000, fetch })
    refused(await clock.runUntil(pipeline.call(plain())))
    expect(requests[0]?.signal).toMatchObject({ aborted: true, reason: { name: "AbortError" } })
  })
})
