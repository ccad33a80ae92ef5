import { describe, expect, test } from "vitest"
import { bytes, fed } from "../test/answers.ts"
import { answered, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, chatStream, plain, streamed } from "../test/streams.ts"
import type { BareResponse, ByteReader } from "./bare-response.ts"
import type { CallResult } from "./pipeline.ts"
import type { Fetch } from "./transport.ts"

const head = { status: 200, statusText: "OK" }

/** A `fetch` that can do without a `Response`, and nothing else. */
const bareOnly = (answer: (init: RequestInit) => BareResponse): Fetch =>
  Object.assign(() => Promise.reject(new Error("A Response was asked for.")), {
    bare: async (_url: string, init: RequestInit) => answer(init),
  })

const json = (body: string, headers = {}): BareResponse => ({
  ...head,
  headers: new Headers({ "content-type": "application/json", ...headers }),
  body: new Response(body).body!.getReader(),
})

function streaming() {
  const body = fed()
  const headers = new Headers({ "content-type": "text/event-stream" })
  const pipeline = pipelineOver({
    fetch: bareOnly(() => ({ ...head, headers, body: body.stream.getReader() })),
  })
  return { pipeline, body }
}

const readerOf = (result: CallResult): ByteReader => {
  const { body } = answered(result)
  if (body === undefined || body instanceof Uint8Array) throw new Error("The body is not to be read.")
  return body
}

describe("a fetch that can do without a Response", () => {
  test("is asked for none, and gives the answer as it is", async () => {
    const answer = JSON.stringify(chatAnswer)
    const pipeline = pipelineOver({ fetch: bareOnly(() => json(answer, { "x-request-id": "r-1" })) })
    const result = answered(await pipeline.call(plain()))
    expect([result.status, result.headers.get("x-request-id")]).toEqual([200, "r-1"])
    expect(result.body).toEqual(bytes(answer))
  })

  test("serves those who want one all the same", async () => {
    const pipeline = pipelineOver({ fetch: bareOnly(() => json(JSON.stringify(chatAnswer))) })
    const response = await pipeline.fetch("/chat/completions", { method: "POST", body: "{}" })
    expect(await response.json()).toEqual(chatAnswer)
    const { response: same } = answered(await pipeline.call(plain()))
    expect([same.status, same.headers.get("content-type")]).toEqual([200, "application/json"])
  })

  test("has its errors classified and kept as others", async () => {
    const error = JSON.stringify({ error: { message: "Slow down.", type: "rate_limit_error" } })
    const pipeline = pipelineOver({
      fetch: bareOnly(() => ({ ...json(error, { "retry-after": "3" }), status: 429 })),
    })
    const { failure, toResponse } = refused(await pipeline.call(plain()))
    expect(failure).toMatchObject({ class: "rate-limited", retryAfterMs: 3_000 })
    expect(await toResponse().text()).toBe(error)
  })

  test("may have an answer without a body", async () => {
    const pipeline = pipelineOver({
      fetch: bareOnly(() => ({
        status: 204,
        statusText: "",
        headers: new Headers({ "x-a": "1" }),
        body: null,
      })),
    })
    const result = answered(await pipeline.call({ path: "/novel" }))
    expect([result.status, result.body]).toEqual([204, undefined])
    expect([result.response.status, result.response.headers.get("x-a")]).toEqual([204, "1"])
  })
})

describe("a stream that is read without a Response", () => {
  test("gives what comes, and its end ends the call", async () => {
    const { pipeline, body } = streaming()
    const events = chatStream.events.join("")
    body.push(events)
    body.end()
    const result = await pipeline.call(streamed())
    const reader = readerOf(result)
    let text = ""
    for (let read = await reader.read(); !read.done; read = await reader.read())
      text += Buffer.from(read.value).toString()
    expect(text).toBe(events)
    expect(pipeline.explain(result.call.id)?.state).toBe("answered")
  })

  test("that is given up gives up the provider's", async () => {
    const { pipeline, body } = streaming()
    body.push(chatStream.events.slice(0, 3).join(""))
    const result = await pipeline.call(streamed())
    await readerOf(result).cancel()
    expect(body.isCancelled).toBe(true)
    expect(pipeline.explain(result.call.id)?.failure).toEqual({ class: "cancelled", code: "cancelled" })
  })

  test("throws the caller's reason at once when the caller aborts, also while nobody reads", async () => {
    const { pipeline, body } = streaming()
    body.push(chatStream.events.slice(0, 3).join(""))
    const waiting = new AbortController()
    const reader = readerOf(await pipeline.call(streamed(undefined, { signal: waiting.signal })))
    await reader.read()
    const read = reader.read()
    waiting.abort("gone")
    await expect(read).rejects.toBe("gone")
    await expect(reader.read()).rejects.toBe("gone")
    expect(body.isCancelled).toBe(true)
  })

  test("tells of a cut in its own words, then by an error", async () => {
    const { pipeline, body } = streaming()
    body.push(chatStream.events.slice(0, 3).join(""))
    const reader = readerOf(await pipeline.call(streamed()))
    await reader.read()
    body.break()
    const { value } = await reader.read()
    expect(Buffer.from(value!).toString()).toContain('"error"')
    await expect(reader.read()).rejects.toMatchObject({ name: "PipelineError" })
  })
})
