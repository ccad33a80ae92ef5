import { createPipeline } from "@bellwether/core"
import type { PipelineOptions } from "@bellwether/core"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { noTimeoutMs } from "./deadline.ts"
import { createSdkFetch } from "./sdk-fetch.ts"

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } })

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

/** A pipeline over a provider that is a function, and what it was sent. */
function over(answer: (sent: Sent) => Response | Promise<Response>, options: Partial<PipelineOptions> = {}) {
  const sent: Sent[] = []
  const pipeline = createPipeline({
    endpoints: [{ id: "primary", baseURL: "https://primary.test/v1", key: "sk-primary" }],
    fetch: async (url, init) => {
      sent.push({ url, init })
      return answer({ url, init })
    },
    ...options,
  })
  const warnings: string[] = []
  const warn = (sentence: string): unknown => warnings.push(sentence)
  return { pipeline, sent, warnings, fetch: createSdkFetch(pipeline, { timeoutMs: noTimeoutMs, warn }) }
}

const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  choices: [{ index: 0, message: { content: "hi" } }],
}
const chat = (init: RequestInit = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer placeholder" },
  body: JSON.stringify({ model: "gpt-4o", messages: [] }),
  ...init,
})

describe("the fetch an SDK is given", () => {
  const foreign: string[] = []
  const { fetch: original } = globalThis
  beforeEach(() => {
    foreign.length = 0
    globalThis.fetch = async (input, init) => {
      foreign.push(`${init?.method ?? "GET"} ${String(input instanceof Request ? input.url : input)}`)
      return new Response("foreign")
    }
  })
  afterEach(() => {
    globalThis.fetch = original
  })

  test("sends a call to the endpoint, with the endpoint's key in place of the SDK's", async () => {
    const { fetch, sent } = over(() => json(completion))
    const response = await fetch("https://bellwether.invalid/openai/chat/completions", chat())
    expect(await response.json()).toEqual(completion)
    expect(sent.map(({ url }) => url)).toEqual(["https://primary.test/v1/chat/completions"])
    expect(new Headers(sent[0]!.init.headers).get("authorization")).toBe("Bearer sk-primary")
  })

  test("takes a Request as well", async () => {
    const { fetch, sent } = over(() => json(completion))
    await fetch(new Request("https://bellwether.invalid/v1/chat/completions", chat()))
    expect(sent[0]!.url).toBe("https://primary.test/v1/chat/completions")
    expect(sent[0]!.init.method).toBe("POST")
  })

  test("tells the SDK which Response it gives", () => {
    expect(over(() => json({})).fetch.Response).toBe(globalThis.Response)
  })

  test("lets the SDK's probe and everybody else's URLs pass outside the pipeline", async () => {
    const { fetch, sent } = over(() => json({}))
    await fetch("data:,")
    await fetch(new URL("https://elsewhere.test/v1/models"), { method: "HEAD" })
    expect(foreign).toEqual(["GET data:,", "HEAD https://elsewhere.test/v1/models"])
    expect(sent).toEqual([])
  })

  test("hands a failure over as a response that no SDK repeats", async () => {
    const { fetch } = over(() => json({ error: { message: "Slow down.", code: "rate_limit_exceeded" } }, 429))
    const response = await fetch("/chat/completions", chat())
    expect(response.status).toBe(429)
    expect(response.headers.get("x-should-retry")).toBe("false")
    expect(await response.json()).toMatchObject({
      error: { message: "Slow down.", code: "rate_limit_exceeded" },
    })
  })

  test("hands a failure without a response over in the shape SDKs read, with the trail", async () => {
    const { fetch } = over(() => Promise.reject(new TypeError("fetch failed")))
    const response = await fetch("/chat/completions", chat())
    expect(response.ok).toBe(false)
    expect(response.headers.get("x-should-retry")).toBe("false")
    const { error } = (await response.json()) as { error: Record<string, unknown> }
    expect(error).toMatchObject({
      code: "unreachable",
      type: expect.any(String),
      message: expect.any(String),
    })
    expect(error["trail"]).toContainEqual(
      expect.objectContaining({ step: "attempt-failed", class: "unreachable" }),
    )
  })

  test.for(["text/plain", "text/json", ""])("names JSON that came as %s what it is", async (contentType) => {
    const body = JSON.stringify(completion)
    const { fetch } = over(
      () => new Response(body, { headers: { "content-type": contentType, "x-request-id": "1" } }),
    )
    const response = await fetch("/chat/completions", chat())
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "application/json",
      "x-request-id": "1",
    })
    expect(await response.json()).toEqual(completion)
  })

  test("leaves the name of what is no JSON", async () => {
    const events =
      'data: {"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    const { fetch } = over(({ url }) =>
      url.endsWith("speech")
        ? new Response("RIFF", { headers: { "content-type": "audio/wav" } })
        : new Response(events, { headers: { "content-type": "text/event-stream" } }),
    )
    const named = async (path: string, stream = false) =>
      (await fetch(path, chat({ body: JSON.stringify({ model: "m", stream }) }))).headers.get("content-type")
    expect(await named("/chat/completions", true)).toBe("text/event-stream")
    expect(await named("/audio/speech")).toBe("audio/wav")
  })

  test("rejects with the caller's own reason when the caller aborts", async () => {
    const controller = new AbortController()
    const reason = new Error("changed my mind")
    const { fetch } = over(() => {
      controller.abort(reason)
      return new Promise(() => {})
    })
    await expect(fetch("/chat/completions", chat({ signal: controller.signal }))).rejects.toBe(reason)
  })

  test("says once that the SDK's retries are on", async () => {
    const { fetch, warnings } = over(() => json(completion))
    const retried = (count: string): RequestInit => chat({ headers: { "x-stainless-retry-count": count } })
    await fetch("/chat/completions", retried("0"))
    expect(warnings).toEqual([])
    await fetch("/chat/completions", retried("1"))
    await fetch("/chat/completions", retried("2"))
    expect(warnings).toEqual([expect.stringContaining("maxRetries")])
  })
})
