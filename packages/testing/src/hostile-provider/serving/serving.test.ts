import { createStreamReader } from "@bellwether/wire"
import { afterEach, describe, expect, test } from "vitest"
import { virtualClock } from "../../virtual-clock.ts"
import { exampleRequest, grammarNames } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"
import type { HostileProviderOptions } from "../options.ts"

let provider: HostileProvider
const start = async (options?: HostileProviderOptions) => (provider = await startHostileProvider(options))
afterEach(() => provider.close())

type Fields = Readonly<Record<string, unknown>> & { readonly id: string }

interface Asked {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

const ask = async (
  path: string,
  { body, method = body === undefined ? "GET" : "POST", headers = {} }: Asked = {},
) => {
  const response = await fetch(provider.origin + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  })
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Fields,
  }
}

const messageOf = ({ json }: { readonly json: Fields }) =>
  (json["error"] as { readonly message: string }).message

const chat = (fields: Record<string, unknown> = {}) => ({ body: exampleRequest("chat", fields).body })
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })

describe("who may ask", () => {
  test("anyone, unless keys are named", async () => {
    await start()
    expect((await ask("/v1/models")).status).toBe(200)
  })

  test("holders of a key, however they present it", async () => {
    await start({ keys: ["sk-1"] })
    for (const headers of [
      { authorization: "Bearer sk-1" },
      { "api-key": "sk-1" },
      { "x-api-key": "sk-1" },
    ]) {
      expect((await ask("/v1/models", { headers })).status).toBe(200)
    }
    expect(await ask("/v1/models", bearer("sk-2"))).toMatchObject({
      status: 401,
      json: { error: { code: "invalid_api_key" } },
    })
    expect(messageOf(await ask("/v1/models"))).toMatch(/^You didn't provide an API key/)
  })
})

describe("what may be asked", () => {
  test.each([
    ["an unknown path", "/v1/nothing", {}, 404, "unknown_url"],
    ["a path that goes on too long", "/v1/chat/completions/1", chat(), 404, "unknown_url"],
    ["a wrong method", "/v1/chat/completions", {}, 405, "method_not_supported"],
    ["a body that is not JSON", "/v1/chat/completions", { body: "{" }, 400, null],
    ["no model", "/v1/chat/completions", chat({ model: undefined }), 400, null],
    ["a model it does not serve", "/v1/chat/completions", chat({ model: "gpt-9" }), 404, "model_not_found"],
    ["usage where there is no quota", "/v1/usage", {}, 404, "unknown_url"],
    ["a path with a broken escape", "/v1/files/%E0%A4%A", {}, 404, null],
  ])("%s is refused", async (_, path, asked: Asked, status, code) => {
    await start()
    expect(await ask(path, asked)).toMatchObject({ status, json: { error: { code } } })
  })

  test("paths do with and without /v1", async () => {
    await start()
    expect((await ask("/models")).json).toEqual((await ask("/v1/models")).json)
  })

  test("models are listed and described", async () => {
    await start({ models: ["a", "b/c"] })
    expect((await ask("/v1/models")).json).toMatchObject({
      object: "list",
      data: [{ id: "a" }, { id: "b/c" }],
    })
    expect((await ask("/v1/models/b%2Fc")).json).toMatchObject({ id: "b/c", object: "model" })
    expect((await ask("/v1/models/d")).json).toMatchObject({
      error: { message: expect.stringContaining("`d`") },
    })
    const headers = { "anthropic-version": "2023-06-01" }
    expect((await ask("/v1/models", { headers })).json).toMatchObject({
      data: [{ type: "model", id: "a" }, {}],
      has_more: false,
    })
  })
})

describe("answers", () => {
  test.each(grammarNames)("streamed and not, %s says the same", async (grammar) => {
    await start({ answer: () => "naïve 羊群 🔔 home" })
    const { path, body } = exampleRequest(grammar, { stream: true })
    const plain = await ask(path, { body: exampleRequest(grammar).body })
    const streamed = await (
      await fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })
    ).text()
    const deltas = [...streamed.matchAll(/"(?:content|delta|text)":("(?:[^"\\]|\\.)*")[,}]/g)].map(
      ([, text]) => JSON.parse(text ?? ""),
    )
    expect(JSON.stringify(plain.json)).toContain("naïve 羊群 🔔 home")
    expect(deltas.join("")).toContain("naïve 羊群 🔔 home")
  })

  test.each(grammarNames)(
    "our own reader finds a stream of %s whole, with all its usage",
    async (grammar) => {
      await start({ answer: () => "one two three" })
      const fields = grammar === "chat" ? { stream_options: { include_usage: true } } : {}
      const { path, body } = exampleRequest(grammar, { stream: true, ...fields })
      const text = await (
        await fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })
      ).text()
      const reader = createStreamReader(grammar)
      const kinds = text.split("\n\n").map((event) => {
        const type = /^event: (.*)$/m.exec(event)?.[1]
        const data = /^data: (.*)$/m.exec(event)?.[1] ?? ""
        return reader.read({ ...(type === undefined ? {} : { type }), data, end: 0 }).kind
      })
      expect(kinds).toContain("content")
      expect(kinds).not.toContain("malformed")
      expect(reader).toMatchObject({ complete: true, final: true, hasContent: true })
      expect(reader.usage).toMatchObject({ output: 3, estimated: false })
    },
  )

  test("several choices finish at different times", async () => {
    await start({ answer: (_, choice) => "word ".repeat(3 * choice + 1).trim() })
    const { path, body } = exampleRequest("chat", { stream: true, n: 3 })
    const text = await (
      await fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })
    ).text()
    const order = [
      ...text.matchAll(/"index":(\d),"delta":(\{[^}]*\}),"logprobs":null,"finish_reason":("stop"|null)/g),
    ]
    const finishes = order.flatMap(([, index, , finish], place) =>
      finish === "null" ? [] : [{ index, place }],
    )
    expect(finishes.map(({ index }) => index)).toEqual(["0", "1", "2"])
    const afterFirst = order.slice((finishes[0]?.place ?? 0) + 1).map(([, index]) => index)
    expect(afterFirst).toContain("2")
    expect(afterFirst).not.toContain("0")
  })

  test("the count of tokens comes after the finish, and only if asked for", async () => {
    await start()
    const streamed = async (fields: object) => {
      const { path, body } = exampleRequest("chat", { stream: true, ...fields })
      return (await fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })).text()
    }
    expect(await streamed({ stream_options: { include_usage: true } })).toMatch(
      /"finish_reason":"stop".*\n\ndata: .*"choices":\[\],"usage":\{"prompt_tokens".*\n\ndata: \[DONE\]\n\n$/,
    )
    expect(await streamed({})).not.toContain("usage")
  })

  test("take the time their tokens take", async () => {
    const clock = virtualClock()
    await start({ clock, latencyMs: 100, tokensPerSecond: 10, answer: () => "one two three" })
    for (const stream of [false, true]) {
      const call = fetch(`${provider.baseURL}/chat/completions`, {
        method: "POST",
        body: JSON.stringify(chat({ stream }).body),
      })
      await provider.until(({ requests }) => requests.at(-1)?.stream === stream)
      await clock.run()
      await (await call).text()
    }
    const [plain, streamed] = provider.requests.map(({ startedAtMs, firstByteAtMs = 0, endedAtMs = 0 }) => [
      firstByteAtMs - startedAtMs,
      endedAtMs - startedAtMs,
    ])
    expect({ plain, streamed }).toEqual({ plain: [400, 400], streamed: [100, 400] })
  })

  test("carry an id of the request", async () => {
    await start()
    const openai = await ask("/v1/chat/completions", chat())
    expect(openai.headers.get("x-request-id")).toMatch(/^req_/)
    const anthropic = await ask("/v1/messages", { body: exampleRequest("messages").body })
    expect(anthropic.headers.get("request-id")).toMatch(/^req_/)
    expect(anthropic.headers.get("request-id")).not.toBe(openai.headers.get("x-request-id"))
  })

  test("a prefill can be refused", async () => {
    await start({ prefill: "refuse" })
    const messages = [
      { role: "user", content: "hello" },
      { role: "assistant", content: "The" },
    ]
    const refused = await ask("/v1/chat/completions", chat({ messages }))
    expect([refused.status, messageOf(refused)]).toEqual([400, expect.stringContaining("prefill")])
  })

  test("speech is bytes, the same for the same words", async () => {
    await start()
    const speak = async (input: string) => {
      const body = JSON.stringify({ model: "gpt-4o-mini-tts", voice: "alloy", input })
      const response = await fetch(`${provider.baseURL}/audio/speech`, { method: "POST", body })
      expect(response.headers.get("content-type")).toBe("audio/mpeg")
      return Buffer.from(await response.arrayBuffer())
    }
    const [first, again, other] = [await speak("baa"), await speak("baa"), await speak("moo")]
    expect(first).toHaveLength(4096)
    expect(first.equals(again)).toBe(true)
    expect(first.equals(other)).toBe(false)
  })
})

describe("Azure", () => {
  const path = "/openai/deployments/gpt-4o/chat/completions"
  const asked = { body: { messages: [{ role: "user", content: "hello" }] }, headers: { "api-key": "az-1" } }

  test("takes the model from the path and the key from its header", async () => {
    await start({ keys: ["az-1"] })
    expect(await ask(`${path}?api-version=2024-10-21`, asked)).toMatchObject({
      status: 200,
      json: { model: "gpt-4o" },
    })
    expect(provider.requests[0]).toMatchObject({
      dialect: "azure",
      model: "gpt-4o",
      key: "az-1",
      route: "chat",
    })
  })

  test("wants a version, and has its own words for errors", async () => {
    await start({ keys: ["az-1"] })
    expect(await ask(path, asked)).toMatchObject({ status: 404, json: { error: { code: "404" } } })
    const other = path.replace("gpt-4o", "nothing")
    expect(await ask(`${other}?api-version=1`, asked)).toMatchObject({
      json: { error: { code: "DeploymentNotFound" } },
    })
    const stranger = { ...asked, headers: { "api-key": "az-2" } }
    expect(await ask(`${path}?api-version=1`, stranger)).toMatchObject({
      status: 401,
      json: { error: { code: "401" } },
    })
  })
})

describe("limits and quota", () => {
  test("a limit is refused with hints that hold", async () => {
    const clock = virtualClock()
    await start({ clock, limits: { rpm: 1 } })
    const first = await ask("/v1/chat/completions", chat())
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("0")
    const refused = await ask("/v1/chat/completions", chat())
    expect(refused).toMatchObject({ status: 429, json: { error: { code: "rate_limit_exceeded" } } })
    expect(refused.headers.get("retry-after")).toBe("60")
    expect(refused.headers.get("retry-after-ms")).toBe("60000")
    await clock.advance(Number(refused.headers.get("retry-after-ms")))
    expect((await ask("/v1/chat/completions", chat())).status).toBe(200)
  })

  test("a place is free again however the answer ended", async () => {
    await start({ limits: { concurrency: 1 } })
    provider.inject({ kind: "connection-reset" }, { nth: 1 })
    provider.inject({ kind: "black-hole" }, { nth: 2 })
    await expect(ask("/v1/chat/completions", chat())).rejects.toThrow("fetch failed")
    const caller = new AbortController()
    const body = JSON.stringify(chat().body)
    const held = fetch(`${provider.baseURL}/chat/completions`, {
      method: "POST",
      body,
      signal: caller.signal,
    })
    await provider.until(({ requests }) => requests[1]?.faults.length === 1)
    expect((await ask("/v1/chat/completions", chat())).status).toBe(429)
    caller.abort()
    await expect(held).rejects.toThrow("aborted")
    await provider.until(({ inFlight }) => inFlight === 0)
    expect((await ask("/v1/chat/completions", chat())).status).toBe(200)
  })

  test("a quota is told, used and used up", async () => {
    await start({ quota: { dailyLimit: 100, dailyUsed: 90 }, answer: () => "one two three" })
    expect((await ask("/v1/usage")).json).toEqual({ daily_limit: 100, daily_used: 90 })
    const { json } = await ask("/v1/chat/completions", chat())
    const usage = json["usage"] as { readonly total_tokens: number }
    expect((await ask("/v1/usage")).json["daily_used"]).toBe(90 + usage.total_tokens)
    expect(await ask("/v1/chat/completions", chat())).toMatchObject({
      status: 429,
      json: { error: { code: "insufficient_quota" } },
    })
  })
})

describe("what lives at a provider", () => {
  test("can be created, found, listed, cancelled and deleted there", async () => {
    await start()
    const { json: batch } = await ask("/v1/batches", {
      body: { input_file_id: "file-1", endpoint: "/v1/responses" },
    })
    expect(batch).toMatchObject({ object: "batch", status: "validating", input_file_id: "file-1" })
    expect((await ask(`/v1/batches/${batch.id}`)).json).toEqual(batch)
    expect((await ask("/v1/batches")).json["data"]).toEqual([batch])
    expect((await ask("/v1/files")).json["data"]).toEqual([])
    expect((await ask(`/v1/files/${batch.id}`)).status).toBe(404)
    expect((await ask(`/v1/batches/${batch.id}/cancel`, { method: "POST" })).json["status"]).toBe("cancelled")
    expect((await ask(`/v1/batches/${batch.id}`, { method: "DELETE" })).json).toMatchObject({
      deleted: true,
    })
    expect((await ask(`/v1/batches/${batch.id}`)).status).toBe(404)
  })

  test("is unknown at another", async () => {
    await start()
    await using other = await startHostileProvider()
    const { json } = await ask("/v1/threads", { body: {} })
    const response = await fetch(`${other.baseURL}/threads/${json.id}`)
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { message: `No such thread object: ${json.id}` } },
    ])
  })

  test("an uploaded file comes back byte for byte", async () => {
    await start()
    const form = new FormData()
    const bytes = Uint8Array.of(0, 255, 13, 10, 45, 45)
    form.set("purpose", "batch")
    form.set("file", new File([bytes], "sheep.bin"))
    const created = (await (
      await fetch(`${provider.baseURL}/files`, { method: "POST", body: form })
    ).json()) as { id: string }
    expect(created).toMatchObject({ object: "file", filename: "sheep.bin", bytes: 6, purpose: "batch" })
    const content = await fetch(`${provider.baseURL}/files/${created.id}/content`)
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(bytes)
  })

  test("a response is kept unless it is not to be, and can be gone on from", async () => {
    await start()
    const body = (fields: object) => ({ body: exampleRequest("responses", { ...fields }).body })
    const { json: kept } = await ask("/v1/responses", body({}))
    expect((await ask(`/v1/responses/${kept.id}`)).json).toEqual(kept)
    const next = await ask("/v1/responses", body({ previous_response_id: kept.id }))
    expect(next).toMatchObject({ status: 200, json: { previous_response_id: kept.id } })
    const { json: dropped } = await ask("/v1/responses", body({ store: false }))
    expect((await ask(`/v1/responses/${dropped.id}`)).status).toBe(404)
    expect(await ask("/v1/responses", body({ previous_response_id: dropped.id }))).toMatchObject({
      status: 400,
      json: { error: { code: "previous_response_not_found" } },
    })
  })
})
