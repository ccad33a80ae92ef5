import { gunzipSync } from "node:zlib"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { virtualClock } from "../../virtual-clock.ts"
import { exampleRequest } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"
import { rawExchange } from "../raw-exchange.ts"

let provider: HostileProvider
beforeAll(async () => {
  provider = await startHostileProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.clear())

const raw = (stream = false, enough?: (received: string) => boolean) =>
  rawExchange(provider.port, exampleRequest("chat", { stream }), enough)

const ask = async (stream = false) => {
  const { path, body } = exampleRequest("chat", { stream })
  return fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })
}

const last = () => provider.requests.at(-1)

const lengthIn = (head: string): number => Number(/content-length: (\d+)/i.exec(head)?.[1])

describe("bodies that are not what was asked for", () => {
  test("a 200 with an error in it", async () => {
    provider.inject({ kind: "body-error", error: "overloaded" })
    const response = await ask()
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { error: { type: "overloaded_error" } },
    ])
  })

  test("a 200 with HTML", async () => {
    provider.inject({ kind: "body-html" })
    const response = await ask(true)
    expect(response.headers.get("content-type")).toContain("text/html")
    expect(await response.text()).toContain("<html>")
  })

  test("a 200 with nothing", async () => {
    provider.inject({ kind: "body-empty" })
    const response = await ask()
    expect([response.status, await response.text()]).toEqual([200, ""])
    expect(response.headers.get("content-type")).toBe("application/json")
  })

  test("JSON that does not parse, of the length declared", async () => {
    provider.inject({ kind: "body-malformed" })
    const { head, rest, ending } = await raw()
    expect(Buffer.byteLength(rest)).toBe(lengthIn(head))
    expect(() => JSON.parse(rest)).toThrow(SyntaxError)
    expect(ending).toBe("end")
  })

  test("another content type over the right body", async () => {
    provider.inject({ kind: "body-content-type", contentType: "text/plain" })
    const response = await ask()
    expect(response.headers.get("content-type")).toBe("text/plain")
    expect(await response.json()).toMatchObject({ object: "chat.completion" })
  })

  test("a body blown up with blanks is still valid JSON", async () => {
    provider.inject({ kind: "body-huge", bytes: 5_000_000 })
    const text = await (await ask()).text()
    expect(text.length).toBeGreaterThanOrEqual(5_000_000)
    expect(JSON.parse(text)).toMatchObject({ object: "chat.completion" })
  })
})

describe("bodies that break off", () => {
  test.each([
    ["close", "end", "closed-by-us"],
    ["reset", "reset", "reset-by-us"],
  ] as const)("cut by %s, shorter than declared", async (ending, seen, logged) => {
    provider.inject({ kind: "body-cut", atByte: 100, ending })
    const answer = await raw()
    expect(lengthIn(answer.head)).toBeGreaterThan(100)
    expect(answer).toMatchObject({ ending: seen })
    expect(Buffer.byteLength(answer.rest)).toBe(100)
    expect(last()).toMatchObject({ bytesWritten: 100, ending: logged })
    await expect((await ask()).text()).rejects.toThrow("terminated")
  })

  test("cut in chunks, without the chunk that ends them", async () => {
    provider.inject({ kind: "body-cut", atByte: 16, chunked: true })
    const { head, rest, ending } = await raw()
    expect(head).toMatch(/transfer-encoding: chunked/i)
    expect(rest).toMatch(/^10\r\n.{16}\r\n$/)
    expect(ending).toBe("end")
  })

  test("cut in the middle if nothing else is said", async () => {
    provider.inject({ kind: "body-cut" })
    const { head, rest } = await raw()
    expect(Buffer.byteLength(rest)).toBe(Math.floor(lengthIn(head) / 2))
  })

  test("stalled with the socket open", async () => {
    provider.inject({ kind: "body-stall", atByte: 50 })
    const { rest, ending } = await raw(false, (received) => received.split("\r\n\r\n")[1]?.length === 50)
    expect([rest.length, ending]).toEqual([50, "left"])
    await provider.until(({ inFlight }) => inFlight === 0)
    expect(last()).toMatchObject({ bytesWritten: 50, ending: "aborted-by-client" })
  })
})

describe("bodies declared as gzip", () => {
  const bytesOf = async () => {
    const { head, bytes } = await raw()
    return { head, packed: bytes.subarray(bytes.indexOf("\r\n\r\n") + 4) }
  }

  test("valid, for comparison", async () => {
    provider.inject({ kind: "body-gzip", how: "valid" })
    expect(await (await ask()).json()).toMatchObject({ object: "chat.completion" })
  })

  test("broken in the middle", async () => {
    provider.inject({ kind: "body-gzip" })
    const { head, packed } = await bytesOf()
    expect(head).toMatch(/content-encoding: gzip/i)
    expect(packed.length).toBe(lengthIn(head))
    expect(() => gunzipSync(packed)).toThrow("invalid")
  })

  test("cut before the end", async () => {
    provider.inject({ kind: "body-gzip", how: "cut" })
    const { packed } = await bytesOf()
    expect(() => gunzipSync(packed)).toThrow("unexpected end of file")
  })

  test("plain", async () => {
    provider.inject({ kind: "body-gzip", how: "plain" })
    const { head, packed } = await bytesOf()
    expect(head).toMatch(/content-encoding: gzip/i)
    expect(JSON.parse(packed.toString())).toMatchObject({ object: "chat.completion" })
  })
})

test("a trickle sends small chunks, each after its wait", async () => {
  const clock = virtualClock()
  await using slow = await startHostileProvider({ clock })
  slow.inject({ kind: "body-trickle", everyMs: 250, chunkBytes: 200 })
  const { path, body } = exampleRequest("chat")
  const call = fetch(slow.origin + path, { method: "POST", body: JSON.stringify(body) })
  await slow.until(({ requests }) => requests[0]?.firstByteAtMs !== undefined)
  expect(slow.requests[0]).toMatchObject({ firstByteAtMs: 0, bytesWritten: 0 })
  await clock.advance(250)
  await slow.until(({ requests }) => requests[0]?.bytesWritten === 200)
  await clock.advance(250)
  await slow.until(({ requests }) => requests[0]?.bytesWritten === 400)
  await clock.run()
  expect(await (await call).json()).toMatchObject({ object: "chat.completion" })
})
