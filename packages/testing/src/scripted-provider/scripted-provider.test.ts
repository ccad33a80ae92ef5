import { getEventListeners } from "node:events"
import { describe, expect, test } from "vitest"
import { virtualClock, type VirtualClock } from "../virtual-clock.ts"
import type { Script } from "./script.ts"
import { scriptedFetch, scriptedProvider, type ScriptedProvider } from "./scripted-provider.ts"

const paths = {
  chat: { path: "/chat/completions", body: { messages: [{ role: "user", content: "Hi" }] } },
  responses: { path: "/responses", body: { input: "Hi" } },
  messages: { path: "/messages", body: { max_tokens: 100, messages: [{ role: "user", content: "Hi" }] } },
} as const

interface Asking {
  readonly route?: keyof typeof paths
  readonly stream?: boolean
  readonly signal?: AbortSignal
}

const ask = (provider: ScriptedProvider, { route = "chat", stream = false, signal }: Asking = {}) =>
  provider.fetch(provider.baseURL + paths[route].path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer key-1" },
    body: JSON.stringify({ model: "gpt-4o", stream, ...paths[route].body }),
    ...(signal === undefined ? {} : { signal }),
  })

/** Each piece of a body and when it came. */
const arrivals = async (clock: VirtualClock, response: Response): Promise<[atMs: number, text: string][]> => {
  const seen: [number, string][] = []
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) seen.push([clock.now(), decoder.decode(chunk)])
  return seen
}

describe("answers", () => {
  test.each(["chat", "responses", "messages"] as const)(
    "say the line in the grammar of %s",
    async (route) => {
      const clock = virtualClock()
      const provider = scriptedProvider({ clock, script: ["Quiet hills"] })
      const plain = await clock.runUntil(ask(provider, { route }))
      expect(plain.headers.get("content-type")).toContain("application/json")
      expect(JSON.stringify(await plain.json())).toContain("Quiet hills")
      const streamed = await clock.runUntil(ask(provider, { route, stream: true }))
      expect(streamed.headers.get("content-type")).toContain("text/event-stream")
      const text = await streamed.text()
      expect(text).toContain('"Quiet"')
      expect(text).toContain('" hills"')
    },
  )

  test("come when the clock says", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({
      clock,
      latencyMs: 300,
      tokensPerSecond: 10,
      script: ["one two three"],
    })
    const response = await clock.runUntil(ask(provider, { stream: true }))
    expect(clock.now()).toBe(300)
    const seen = await clock.runUntil(arrivals(clock, response))
    expect(seen.map(([atMs]) => atMs)).toEqual([300, 400, 500, 600, 600, 600])
    expect(seen.at(-1)?.[1]).toBe("data: [DONE]\n\n")
  })

  test("keep the times of a server that does not wait for its reader", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, tokensPerSecond: 10, script: ["one two three"] })
    const response = await clock.runUntil(ask(provider, { stream: true }))
    await clock.advance(250)
    const seen = await clock.runUntil(arrivals(clock, response))
    expect(seen.map(([atMs]) => atMs)).toEqual([250, 250, 250, 300, 300, 300])
  })

  test("are made only while they are read", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, tokensPerSecond: 10, script: ["one two three"] })
    await clock.runUntil(ask(provider, { stream: true }))
    await clock.run()
    expect(provider.requests.at(0)?.bytesWritten).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test("may be to a stream, a Request or bytes", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock })
    const body = JSON.stringify({ model: "gpt-4o", ...paths.chat.body })
    const url = `${provider.baseURL}/chat/completions`
    const stream = new Response(body).body
    const init = { method: "POST", body: stream, duplex: "half" } as RequestInit
    for (const call of [
      provider.fetch(url, init),
      provider.fetch(new Request(url, { method: "POST", body })),
      provider.fetch(new URL(url), { method: "POST", body: new TextEncoder().encode(body) }),
    ]) {
      expect((await clock.runUntil(call)).status).toBe(200)
    }
    expect(provider.requests.map((request) => request.body)).toEqual([body, body, body])
  })
})

describe("a script", () => {
  test("gives each request its line, and the last one to all that follow", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, script: [{ kind: "error", error: "overloaded" }, "at last"] })
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) statuses.push((await clock.runUntil(ask(provider))).status)
    expect(statuses).toEqual([529, 200, 200])
  })

  test("may decide by the request", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({
      clock,
      script: ({ stream }) =>
        stream ? { kind: "error", error: "rate-limited", retryAfter: { as: "seconds" } } : "ok",
    })
    expect((await clock.runUntil(ask(provider))).status).toBe(200)
    const limited = await clock.runUntil(ask(provider, { stream: true }))
    expect(limited.status).toBe(429)
    expect(limited.headers.get("retry-after")).toBe("1")
  })

  test("combines a text with faults, and can be replaced", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({
      clock,
      script: [
        {
          says: "one two",
          faults: [
            { kind: "latency", ms: 50 },
            { kind: "stream-omit", part: "terminal" },
          ],
        },
      ],
    })
    const response = await clock.runUntil(ask(provider, { stream: true }))
    expect(clock.now()).toBe(50)
    expect(await response.text()).not.toContain("[DONE]")
    expect(provider.requests.at(0)?.faults).toEqual(["latency", "stream-omit"])
    provider.follow(["three"])
    expect(await (await clock.runUntil(ask(provider))).text()).toContain("three")
  })

  test("rejects with what it throws", async () => {
    const clock = virtualClock()
    const failure = new Error("no transport")
    const provider = scriptedProvider({ clock, script: [{ throws: failure }] })
    await expect(clock.runUntil(ask(provider))).rejects.toBe(failure)
    expect(provider.inFlight).toBe(0)
  })

  test("with a fault that does not exist is refused", () => {
    const clock = virtualClock()
    const script = [{ kind: "conection-reset" }] as unknown as Script
    expect(() => scriptedProvider({ clock, script })).toThrow("did you mean connection-reset?")
    expect(() => scriptedProvider({ clock }).follow(script)).toThrow("did you mean connection-reset?")
  })

  test("leaves other routes alone", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, script: [{ kind: "black-hole" }] })
    const models = await clock.runUntil(provider.fetch(`${provider.baseURL}/models`))
    expect(await models.json()).toMatchObject({ object: "list" })
  })
})

describe("a failing connection looks as in Node", () => {
  test.each([
    [{ kind: "refuse" }, "ECONNREFUSED"],
    [{ kind: "connection-reset" }, "ECONNRESET"],
    [{ kind: "connection-close" }, "UND_ERR_SOCKET"],
    [{ kind: "not-http" }, "HPE_INVALID_CONSTANT"],
  ] as const)("%o before the headers", async (fault, code) => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, script: [fault] })
    await expect(clock.runUntil(ask(provider))).rejects.toMatchObject({
      name: "TypeError",
      message: "fetch failed",
      cause: { code },
    })
    expect(provider.inFlight).toBe(0)
  })

  test.each([
    [{ kind: "stream-cut", afterContent: 1, ending: "close" }, "UND_ERR_SOCKET"],
    [{ kind: "stream-reset", afterContent: 1 }, "ECONNRESET"],
    [{ kind: "body-gzip", how: "broken" }, "Z_DATA_ERROR"],
  ] as const)("%o in the body", async (fault, code) => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, script: [fault] })
    const response = await clock.runUntil(ask(provider, { stream: true }))
    await expect(clock.runUntil(arrivals(clock, response))).rejects.toMatchObject({
      name: "TypeError",
      message: "terminated",
      cause: { code },
    })
    expect(provider.inFlight).toBe(0)
  })

  test("what came before a cut is delivered", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({
      clock,
      script: [{ says: "one two", faults: [{ kind: "stream-cut" }] }],
    })
    const text = await (await clock.runUntil(ask(provider, { stream: true }))).text()
    expect(text).toContain('"one"')
    expect(text).not.toContain('" two"')
  })

  test("valid gzip is decoded", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({
      clock,
      script: [{ says: "packed", faults: [{ kind: "body-gzip", how: "valid" }] }],
    })
    expect(await (await clock.runUntil(ask(provider))).text()).toContain("packed")
  })

  test("an injected outage refuses all routes while it lasts", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock })
    provider.inject({ kind: "refuse" }, { fromMs: 100, untilMs: 200 })
    const statusAt = async (ms: number): Promise<number | string> => {
      await clock.advance(ms - clock.now())
      return clock.runUntil(ask(provider)).then(
        ({ status }) => status,
        () => "refused",
      )
    }
    expect([await statusAt(99), await statusAt(150), await statusAt(200)]).toEqual([200, "refused", 200])
  })

  test("a status without a body has none", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, script: [{ kind: "no-content" }] })
    const response = await clock.runUntil(ask(provider))
    expect([response.status, response.body]).toEqual([204, null])
    expect(provider.inFlight).toBe(0)
  })
})

describe("an abort", () => {
  test("before the call rejects with its reason, and nothing is sent", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock })
    const reason = new Error("never mind")
    await expect(clock.runUntil(ask(provider, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    expect(provider.requests).toEqual([])
  })

  test.each([
    ["while the answer is late", [], 1000],
    ["of a black hole", [{ kind: "black-hole" }], 0],
  ] as const)("%s rejects at once and leaves nothing behind", async (_when, script, latencyMs) => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, script, latencyMs })
    const controller = new AbortController()
    const reason = new Error("too slow")
    clock.after(500, () => controller.abort(reason))
    await expect(clock.runUntil(ask(provider, { signal: controller.signal }))).rejects.toBe(reason)
    expect(clock.now()).toBe(500)
    expect(clock.pending).toBe(0)
    expect(provider.inFlight).toBe(0)
    expect(provider.requests.at(0)?.ending).toBe("aborted-by-client")
    expect(getEventListeners(controller.signal, "abort")).toEqual([])
  })

  test("errors the body with its reason, whether it is being read or not", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, tokensPerSecond: 1 })
    for (const read of [true, false]) {
      const controller = new AbortController()
      const response = await clock.runUntil(ask(provider, { stream: true, signal: controller.signal }))
      clock.after(2500, () => controller.abort("enough"))
      if (!read) await clock.advance(2500)
      await expect(clock.runUntil(arrivals(clock, response))).rejects.toBe("enough")
      expect(provider.inFlight).toBe(0)
      expect(clock.pending).toBe(0)
    }
  })

  test("after the end changes nothing, and the listener is gone", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock })
    const controller = new AbortController()
    const response = await clock.runUntil(ask(provider, { signal: controller.signal }))
    await response.text()
    expect(getEventListeners(controller.signal, "abort")).toEqual([])
    expect(provider.requests.at(0)?.ending).toBe("completed")
  })

  test("by cancelling the body ends the exchange", async () => {
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, tokensPerSecond: 1 })
    const response = await clock.runUntil(ask(provider, { stream: true }))
    await response.body?.cancel()
    expect(provider.inFlight).toBe(0)
    expect(provider.requests.at(0)?.ending).toBe("aborted-by-client")
  })

  test("of a stalled stream comes with its keep-alives until then", async () => {
    const clock = virtualClock()
    const fault = { kind: "stream-stall", afterContent: 1, keepAliveEveryMs: 100 } as const
    const provider = scriptedProvider({ clock, script: [{ says: "one two", faults: [fault] }] })
    const controller = new AbortController()
    const response = await clock.runUntil(ask(provider, { stream: true, signal: controller.signal }))
    clock.after(350, () => controller.abort("enough"))
    const seen: string[] = []
    const read = async (): Promise<void> => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) seen.push(decoder.decode(chunk))
    }
    await expect(clock.runUntil(read())).rejects.toBe("enough")
    expect(seen.filter((text) => text === ": keep-alive\n\n")).toHaveLength(3)
  })
})

test("options that cannot be meant are refused under its own name", () => {
  const refused = (options: object) => () => scriptedProvider({ clock: virtualClock(), ...options })
  expect(refused({ latencyMs: -1 })).toThrow("scriptedProvider.latencyMs must be")
  expect(refused({ orgin: "https://a.test" })).toThrow("did you mean origin?")
  expect(refused({ port: 8080 })).toThrow("scriptedProvider.port is not an option")
})

test("several providers stand behind one fetch, each at its origin", async () => {
  const clock = virtualClock()
  const a = scriptedProvider({ clock, origin: "https://a.test", keys: ["key-a"] })
  const b = scriptedProvider({ clock, origin: "https://b.test" })
  const fetch = scriptedFetch(a, b)
  const body = JSON.stringify({ model: "gpt-4o", ...paths.chat.body })
  const post = (baseURL: string) =>
    clock.runUntil(fetch(`${baseURL}/chat/completions`, { method: "POST", body }))
  const answers = [await post(a.baseURL), await post(b.baseURL)]
  expect(answers.map(({ status }) => status)).toEqual([401, 200])
  expect([a.requests.length, b.requests.length]).toEqual([1, 1])
  await expect(post("https://c.test/v1")).rejects.toMatchObject({ cause: { code: "ENOTFOUND" } })
})

test("a thousand calls, aborted anywhere, leave no timer, no listener and no request", async () => {
  const clock = virtualClock()
  const provider = scriptedProvider({ clock, latencyMs: 10, tokensPerSecond: 100 })
  const controllers = Array.from({ length: 1000 }, () => new AbortController())
  const calls = controllers.map(async (controller, index) => {
    clock.after(index % 100, () => controller.abort("stop"))
    const response = await ask(provider, { stream: true, signal: controller.signal })
    return response.text()
  })
  const ends = await clock.runUntil(Promise.allSettled(calls))
  expect(new Set(ends.map((end) => (end.status === "rejected" ? end.reason : end.status)))).toEqual(
    new Set(["stop"]),
  )
  expect([clock.pending, provider.inFlight]).toEqual([0, 0])
  expect(controllers.flatMap(({ signal }) => getEventListeners(signal, "abort"))).toEqual([])
})
