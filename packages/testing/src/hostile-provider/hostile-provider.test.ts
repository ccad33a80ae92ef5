import { once } from "node:events"
import { connect } from "node:net"
import { afterEach, describe, expect, test } from "vitest"
import { virtualClock } from "../virtual-clock.ts"
import { exampleRequest } from "./example-request.ts"
import { startHostileProvider, type HostileProvider } from "./hostile-provider.ts"
import type { HostileProviderOptions } from "./options.ts"

let provider: HostileProvider
const start = async (options?: HostileProviderOptions) => (provider = await startHostileProvider(options))
afterEach(() => provider.close())

const models = (init?: RequestInit) => fetch(`${provider.baseURL}/models`, init)
const chat = (fields: Record<string, unknown> = {}, init: RequestInit = {}) => {
  const { path, body } = exampleRequest("chat", fields)
  return fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body), ...init })
}
const codeOf = async (call: Promise<unknown>): Promise<unknown> => {
  const error = await call.catch((reason: unknown) => reason)
  return ((error as Error).cause as { code?: string }).code
}

describe("going down", () => {
  test("a stopped provider refuses connections, and a restarted one is at the same place", async () => {
    await start()
    const { port } = provider
    expect((await models()).status).toBe(200)
    await provider.stop()
    expect(provider.openSockets).toBe(0)
    expect(await codeOf(models())).toBe("ECONNREFUSED")
    await provider.restart()
    expect(provider.port).toBe(port)
    expect((await models()).status).toBe(200)
  })

  test("stopping tears down what goes on", async () => {
    await start({ faults: [{ kind: "stream-stall" }] })
    const response = await chat({ stream: true })
    await provider.stop()
    await expect(response.text()).rejects.toThrow("terminated")
    await provider.until(({ inFlight }) => inFlight === 0)
    expect(provider.requests[0]?.ending).toBe("stopped")
  })

  test("a refusal as a fault begins at once and ends when it is removed", async () => {
    await start()
    const injection = provider.inject({ kind: "refuse" })
    expect(await codeOf(models())).toBe("ECONNREFUSED")
    expect(injection.hits).toBe(1)
    injection.remove()
    await provider.restart()
    expect((await models()).status).toBe(200)
  })

  test("a refusal keeps to its times", async () => {
    const clock = virtualClock()
    await start({ clock })
    provider.inject({ kind: "refuse" }, { fromMs: 100, untilMs: 200 })
    expect((await models()).status).toBe(200)
    await clock.advance(100)
    expect(await codeOf(models())).toBe("ECONNREFUSED")
    await clock.advance(100)
    await provider.restart()
    expect((await models()).status).toBe(200)
    expect(clock.pending).toBe(0)
  })

  test("a stopped provider stays down when a refusal ends", async () => {
    await start()
    const injection = provider.inject({ kind: "refuse" })
    await provider.stop()
    injection.remove()
    expect(await codeOf(models())).toBe("ECONNREFUSED")
  })
})

describe("closing", () => {
  test("leaves no socket, whatever goes on", async () => {
    await start()
    provider.inject({ kind: "black-hole" }, { nth: 1 })
    provider.inject({ kind: "stream-stall", keepAliveEveryMs: 10_000 }, { stream: true })
    provider.inject({ kind: "latency", ms: 1_000_000 }, { route: "models" })
    const idle = connect(provider.port, "127.0.0.1")
    await once(idle, "connect")
    const lost = chat().catch(() => "lost")
    await provider.until(({ requests }) => requests[0]?.faults.length === 1)
    const stalled = (await chat({ stream: true })).text().catch(() => "lost")
    const late = models().catch(() => "lost")
    await provider.until(({ requests }) => requests[2]?.faults.length === 1)
    expect(provider.inFlight).toBe(3)
    await provider.close()
    expect(await Promise.all([lost, stalled, late])).toEqual(["lost", "lost", "lost"])
    expect([provider.openSockets, provider.inFlight]).toEqual([0, 0])
    expect(provider.requests.map(({ ending }) => ending)).toEqual(["stopped", "stopped", "stopped"])
    expect(await codeOf(models())).toBe("ECONNREFUSED")
    idle.destroy()
  })

  test("can be done twice, and by leaving a block", async () => {
    await start()
    {
      await using inner = await startHostileProvider()
      expect((await fetch(`${inner.baseURL}/models`)).status).toBe(200)
      await inner.close()
    }
    await provider.close()
    await provider.close()
    expect(provider.openSockets).toBe(0)
  })
})

describe("the log", () => {
  test("tells all of a request", async () => {
    const clock = virtualClock({ startMs: 77 })
    await start({ clock, latencyMs: 20, answer: () => "baa" })
    await clock.advance(1000)
    const { path, body } = exampleRequest("chat")
    const headers = { authorization: "Bearer sk-1", "x-mine": "yes" }
    const call = fetch(`${provider.origin}${path}?a=b`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    })
    await provider.until(({ requests }) => requests[0]?.json !== undefined)
    await clock.run()
    const text = await (await call).text()
    await provider.until(({ inFlight }) => inFlight === 0)
    expect(provider.requests).toHaveLength(1)
    expect(provider.requests[0]).toMatchObject({
      number: 1,
      method: "POST",
      path: "/v1/chat/completions",
      query: { a: "b" },
      route: "chat",
      dialect: "openai",
      key: "sk-1",
      model: "gpt-4o",
      stream: false,
      headers: { "x-mine": "yes" },
      body: JSON.stringify(body),
      faults: [],
      startedAtMs: 1000,
      firstByteAtMs: 1020,
      endedAtMs: 1020,
      status: 200,
      bytesWritten: Buffer.byteLength(text),
      ending: "completed",
    })
  })

  test("forgets the oldest", async () => {
    await start({ logLimit: 2 })
    for (let count = 0; count < 3; count++) await (await models()).text()
    expect(provider.requests.map(({ number }) => number)).toEqual([2, 3])
  })

  test("sees a client that leaves while it still sends", async () => {
    await start()
    const socket = connect(provider.port, "127.0.0.1")
    socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{")
    await provider.until(({ requests }) => requests.length === 1)
    socket.destroy()
    await provider.until(({ inFlight, openSockets }) => inFlight === 0 && openSockets === 0)
    expect(provider.requests[0]).toMatchObject({ ending: "aborted-by-client", status: undefined })
  })

  test("sees a client that leaves before the head", async () => {
    const clock = virtualClock()
    await start({ clock, latencyMs: 1000 })
    const caller = new AbortController()
    const call = chat({}, { signal: caller.signal })
    await provider.until(({ requests }) => requests[0]?.json !== undefined)
    caller.abort()
    await expect(call).rejects.toThrow("aborted")
    await provider.until(({ inFlight }) => inFlight === 0)
    expect(provider.requests[0]).toMatchObject({ ending: "aborted-by-client", status: undefined })
    expect(clock.pending).toBe(0)
  })

  test("tells a condition that throws to the one who waits", async () => {
    await start()
    const waiting = provider.until(() => {
      throw new Error("no such flock")
    })
    await expect(waiting).rejects.toThrow("no such flock")
  })
})

test("a slow reader slows the writer: what is not read is not written", async () => {
  await start()
  provider.inject({ kind: "body-huge", bytes: 64_000_000 })
  const socket = connect(provider.port, "127.0.0.1")
  socket.pause()
  socket.write("GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n")
  await provider.until(({ requests }) => (requests[0]?.bytesWritten ?? 0) > 0)
  socket.destroy()
  await provider.until(({ inFlight }) => inFlight === 0)
  expect(provider.requests[0]).toMatchObject({ ending: "aborted-by-client" })
  expect(provider.requests[0]?.bytesWritten).toBeLessThan(64_000_000)
})

test("a TLS client is turned away without harm", async () => {
  await start()
  await expect(fetch(`https://127.0.0.1:${provider.port}/v1/models`)).rejects.toThrow("fetch failed")
  expect((await models()).status).toBe(200)
})

test("an answer that throws becomes a 500 that says so", async () => {
  await start({
    answer: () => {
      throw new Error("the bell is gone")
    },
  })
  const response = await chat()
  expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("the bell is gone")])
})

test("options that cannot be meant are refused in a sentence each", async () => {
  await start()
  const starting = startHostileProvider({ latency: 5, limits: { rpm: 0 }, prefill: "maybe" } as never)
  await expect(starting).rejects.toThrow(
    expect.objectContaining({
      code: "invalid-options",
      faults: [
        "startHostileProvider.latency is not an option; did you mean latencyMs?",
        expect.stringContaining('startHostileProvider.prefill can not be "maybe"'),
        "startHostileProvider.limits.rpm must be a whole number of at least 1, not 0.",
      ],
    }),
  )
})
