import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { chunked, bytes, recording } from "../test/answers.ts"
import type { SentRequest } from "../test/answers.ts"
import { answered, endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { serve } from "../test/serve.ts"
import { chatAnswer, plain } from "../test/streams.ts"
import { createPipeline } from "./create-pipeline.ts"
import type { EndpointOptions } from "./endpoint.ts"
import type { CallInput } from "./read-request.ts"

const atServer = (baseURL: string, more: Partial<EndpointOptions> = {}) =>
  createPipeline({ endpoints: [{ id: "a", baseURL, key: "sk-planted", ...more }] })

const json = { "content-type": "application/json" }

describe("a redirect", () => {
  test.each([307, 308])("%i within the origin is followed with method, body and key", async (status) => {
    await using server = await serve((_, response, index) => {
      if (index === 0) response.writeHead(status, { location: "/v2/chat/completions?moved=1" }).end()
      else response.writeHead(200, json).end(JSON.stringify(chatAnswer))
    })
    await using pipeline = atServer(`${server.url}/v1`)
    await answered(await pipeline.call(plain())).response.json()
    expect(server.arrived.map(({ url, method }) => [method, url])).toEqual([
      ["POST", "/v1/chat/completions"],
      ["POST", "/v2/chat/completions?moved=1"],
    ])
    expect(server.arrived[1]).toMatchObject({
      body: server.arrived[0]?.body,
      headers: { authorization: "Bearer sk-planted" },
    })
  })

  test.each([301, 302, 303, 307, 308])("%i of a GET within the origin is followed", async (status) => {
    await using server = await serve((_, response, index) => {
      if (index < 3) response.writeHead(status, { location: `./models-${index}` }).end()
      else response.writeHead(200, json).end(`{"data":[]}`)
    })
    await using pipeline = atServer(`${server.url}/v1`)
    expect(answered(await pipeline.call({ path: "/models" })).response.status).toBe(200)
    expect(server.arrived).toHaveLength(4)
  })

  test("to another origin is refused: nobody there gets the key or the prompt", async () => {
    await using other = await serve((_, response) => response.end("{}"))
    await using server = await serve((_, response) => {
      response.writeHead(307, { location: `${other.url}/v1/chat/completions` }).end()
    })
    await using pipeline = atServer(`${server.url}/v1`)
    const { failure, error, toResponse } = refused(await pipeline.call(plain()))
    expect(failure).toMatchObject({ class: "broken-response", code: "redirect-refused" })
    expect(error.message).not.toContain(other.url)
    expect(toResponse().status).toBe(502)
    expect(other.arrived).toEqual([])
    expect(server.arrived).toHaveLength(1)
  })

  test.each<[string, number, string | undefined]>([
    ["that would turn a POST into a GET", 302, "/v2"],
    ["without a place to go", 307, undefined],
    ["to a place that is no address", 307, "http://"],
    ["to another protocol", 307, "data:application/json,{}"],
  ])("%s is refused", async (_, status, location) => {
    await using server = await serve((__, response) => {
      response.writeHead(status, location === undefined ? {} : { location }).end()
    })
    await using pipeline = atServer(`${server.url}/v1`)
    expect(refused(await pipeline.call(plain())).failure.code).toBe("redirect-refused")
    expect(server.arrived).toHaveLength(1)
  })

  test("of a body that cannot be sent twice is refused", async () => {
    const { fetch, requests } = recording(
      () => new Response(null, { status: 307, headers: { location: "/v2" } }),
    )
    const body = chunked(Array.from({ length: 34 }, () => new Uint8Array(1024 * 1024)))
    const result = await pipelineOver({ clock: virtualClock(), fetch }).call(plain(undefined, { body }))
    expect(refused(result).failure.code).toBe("redirect-refused")
    expect(requests).toHaveLength(1)
  })

  test("that goes round in circles is refused after three", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(307, { location: "/v1/chat/completions" }).end()
    })
    await using pipeline = atServer(`${server.url}/v1`)
    expect(refused(await pipeline.call(plain())).failure.code).toBe("redirect-refused")
    expect(server.arrived).toHaveLength(4)
  })

  test("hidden by a browser is refused and can be told to an SDK", async () => {
    const opaque = Object.defineProperties(new Response(null), {
      type: { value: "opaqueredirect" },
      status: { value: 0 },
    })
    const { failure, toResponse } = refused(await pipelineOver({ fetch: async () => opaque }).call(plain()))
    expect(failure.code).toBe("redirect-refused")
    expect(toResponse().status).toBe(502)
  })

  test("moves the call on to another target", async () => {
    const { fetch } = recording(({ url }) =>
      url.startsWith("https://a.")
        ? Response.redirect("https://evil.example/", 307)
        : Response.json(chatAnswer),
    )
    const pipeline = pipelineOver({ endpoints: [endpoint("a"), endpoint("b")], use: [failover], fetch })
    expect(answered(await pipeline.call(plain())).call.attempts).toHaveLength(2)
  })
})

describe("a key function", () => {
  const keyOf = ({ headers }: SentRequest): string | null => headers.get("authorization")

  /** A provider that takes one key and answers 401 to all others. */
  function setUp(valid: string, keys: readonly string[]) {
    let fetched = 0
    const { fetch, requests } = recording((request) =>
      keyOf(request) === `Bearer ${valid}`
        ? Response.json(chatAnswer)
        : Response.json(
            { error: { message: `Incorrect API key provided: ${keyOf(request)}` } },
            { status: 401 },
          ),
    )
    const key = async (): Promise<string> => keys[Math.min(fetched++, keys.length - 1)]!
    const pipeline = pipelineOver({ clock: virtualClock(), endpoints: [endpoint("a", { key })], fetch })
    return { pipeline, requests, fetchedTimes: () => fetched }
  }

  test("is asked once for many calls at once", async () => {
    const { pipeline, requests, fetchedTimes } = setUp("sk-1", ["sk-1"])
    const results = await Promise.all(Array.from({ length: 10 }, () => pipeline.call(plain())))
    expect(results.every(({ ok }) => ok)).toBe(true)
    expect(requests).toHaveLength(10)
    expect(fetchedTimes()).toBe(1)
  })

  test("is asked once more for many calls that got a 401, within their attempts", async () => {
    const { pipeline, requests, fetchedTimes } = setUp("sk-2", ["sk-1", "sk-2"])
    const results = await Promise.all(Array.from({ length: 10 }, () => pipeline.call(plain())))
    expect(results.every(({ ok, call }) => ok && call.attempts.length === 1)).toBe(true)
    expect(requests).toHaveLength(20)
    expect(fetchedTimes()).toBe(2)
  })

  test("whose fresh key is refused too leaves it at that", async () => {
    const { pipeline, requests, fetchedTimes } = setUp("sk-9", ["sk-1", "sk-2"])
    expect(refused(await pipeline.call(plain())).failure).toMatchObject({ class: "credential", status: 401 })
    expect(requests.map(keyOf)).toEqual(["Bearer sk-1", "Bearer sk-2"])
    expect(fetchedTimes()).toBe(2)
  })

  test("that knows no other key is not followed by the same request again", async () => {
    const { pipeline, requests } = setUp("sk-9", ["sk-1"])
    expect(refused(await pipeline.call(plain())).failure.class).toBe("credential")
    expect(requests).toHaveLength(1)
  })

  test("that fails is a matter of credentials, and another target may serve", async () => {
    const { fetch, requests } = recording(() => Response.json(chatAnswer))
    const sealed = endpoint("a", { key: () => Promise.reject(new Error("vault is sealed")) })
    const alone = pipelineOver({ clock: virtualClock(), endpoints: [sealed], fetch })
    const { failure, error } = refused(await alone.call(plain()))
    expect(failure).toMatchObject({ class: "credential", code: "key-unavailable" })
    expect(error.cause).toEqual(new Error("vault is sealed"))
    expect(requests).toHaveLength(0)

    const two = pipelineOver({
      clock: virtualClock(),
      endpoints: [sealed, endpoint("b")],
      use: [failover],
      fetch,
    })
    expect(answered(await two.call(plain())).call.attempts).toHaveLength(2)
  })

  test("is not asked twice for a body that cannot be sent twice", async () => {
    const { pipeline, requests } = setUp("sk-2", ["sk-1", "sk-2"])
    const mebibyte = new Uint8Array(1024 * 1024)
    const body = chunked([bytes("{"), ...Array.from({ length: 33 }, () => mebibyte)])
    const { failure, call } = refused(await pipeline.call(plain(undefined, { body })))
    expect(failure.class).toBe("credential")
    expect(requests).toHaveLength(1)
    expect(call.attemptsLeft).toBe(0)
  })

  test("that never answers is waited for no longer than the call lasts", async () => {
    const clock = virtualClock()
    const key = (): Promise<string> => new Promise(() => {})
    const pipeline = pipelineOver({ clock, endpoints: [endpoint("a", { key })], deadlineMs: 1000 })
    const result = await clock.runUntil(pipeline.call(plain()))
    expect(refused(result).failure.code).toBe("deadline-exceeded")
    expect(clock.now()).toBe(1000)
  })
})

describe("what is sent", () => {
  test("is a text and an init, whatever the caller had", async () => {
    const { fetch, requests } = recording(() => Response.json(chatAnswer))
    const pipeline = pipelineOver({ clock: virtualClock(), fetch })
    const request = new Request("https://a.example/v1/chat/completions?x=1", {
      method: "POST",
      body: `{"model":"m"}`,
      headers: { "x-tag": "1", authorization: "Bearer sk-caller", cookie: "session=1" },
    })
    await (await pipeline.fetch(request)).text()
    const [{ url, init, headers }] = requests as [SentRequest]
    expect(url).toBe("https://a.example/v1/chat/completions?x=1")
    expect(init).toMatchObject({ method: "POST", redirect: "manual" })
    expect(new TextDecoder().decode(init.body as Uint8Array)).toBe(`{"model":"m"}`)
    expect(Object.fromEntries(headers)).toEqual({
      authorization: "Bearer sk-a",
      "content-type": "text/plain;charset=UTF-8",
      "x-tag": "1",
    })
  })

  test("is a large stream once, as a stream", async () => {
    await using server = await serve(({ body }, response) => {
      response.writeHead(200, json).end(JSON.stringify({ ...chatAnswer, got: body.length }))
    })
    await using pipeline = atServer(`${server.url}/v1`)
    const mebibyte = new Uint8Array(1024 * 1024).fill(32)
    const body = chunked(Array.from({ length: 34 }, () => mebibyte))
    const { response } = answered(await pipeline.call(plain(undefined, { body })))
    expect(await response.json()).toMatchObject({ got: 34 * mebibyte.length })
  })

  test("comes back whole from a provider whose status line is no ASCII", async () => {
    await using server = await serve(({ url }, response) => {
      response.statusMessage = "Äh, ja"
      if (url === "/audio/speech") response.end("RIFF")
      else response.writeHead(200, json).end(JSON.stringify(chatAnswer))
    })
    await using pipeline = atServer(server.url)
    expect(await answered(await pipeline.call(plain())).response.json()).toEqual(chatAnswer)
    expect(await answered(await pipeline.call(plain("/audio/speech"))).response.text()).toBe("RIFF")
  })

  test.each<[string, Partial<CallInput>]>([
    ["a GET with a body", { method: "GET", body: "x" }],
    ["a method that is none", { method: "BAD METHOD" }],
    ["a method nobody sends", { method: "TRACE" }],
    ["a header that cannot be sent", { headers: { "x-tag": "a\nb" } }],
    ["a header beyond Latin-1", { headers: { "x-tag": "…" } }],
  ])("and cannot be sent, such as %s, speaks against nobody and is tried nowhere else", async (_, more) => {
    await using server = await serve((__, response) => response.end("{}"))
    await using pipeline = atServer(server.url)
    const { failure, call } = refused(await pipeline.call(plain(undefined, more)))
    expect(failure.class).toBe("caller-fault")
    expect(call.attempts.map(({ ending }) => ending?.health)).toEqual(["neutral"])
    expect(server.arrived).toHaveLength(0)
  })
})
