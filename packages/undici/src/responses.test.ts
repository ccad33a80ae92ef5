import { gzipSync } from "node:zlib"
import type { ServerResponse } from "node:http"
import { createServer } from "node:net"
import type { BareResponse } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { failureOf } from "../test/failure-of.ts"
import { listening, serve } from "../test/serve.ts"
import { createUndiciFetch } from "./undici-fetch.ts"

async function got(answer: (response: ServerResponse) => void, init: RequestInit = {}): Promise<Response> {
  await using server = await serve((_, response) => answer(response))
  await using fetch = createUndiciFetch()
  const response = await fetch(server.url, init)
  const { body, ...head } = { status: response.status, statusText: response.statusText, body: response.body }
  const bytes = body === null ? null : await response.bytes()
  return new Response(bytes, { ...head, headers: response.headers })
}

/** What is made of bytes that are said to be HTTP. */
async function gotRaw(bytes: string): Promise<Response> {
  await using server = await listening(
    createServer((socket) => socket.once("data", () => socket.end(bytes, "latin1"))),
  )
  await using fetch = createUndiciFetch()
  const response = await fetch(server.url)
  return new Response(await response.bytes(), response)
}

describe("a response", () => {
  test("is a genuine one, with its status, its headers and its body", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(418, "Short And Stout", { "x-a": "1", "set-cookie": ["a=1", "b=2"] }).end("baa")
    })
    await using fetch = createUndiciFetch()
    const response = await fetch(server.url)
    expect(response).toBeInstanceOf(Response)
    expect(response).toMatchObject({ status: 418, statusText: "Short And Stout", ok: false })
    expect(response.headers.get("x-a")).toBe("1")
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    const copy = response.clone()
    expect([await response.text(), await copy.text()]).toEqual(["baa", "baa"])
  })

  test.each([204, 205, 304])("of status %i has no body", async (status) => {
    const response = await got((answer) => answer.writeHead(status).end())
    expect([response.status, response.body]).toEqual([status, null])
  })

  test("to HEAD has no body, whatever its headers say", async () => {
    const response = await got((answer) => answer.writeHead(200, { "content-length": 5 }).end(), {
      method: "head",
    })
    expect([response.body, response.headers.get("content-length")]).toEqual([null, "5"])
  })

  test("that is empty has an empty body", async () => {
    const response = await got((answer) => answer.end())
    expect([response.body === null, await response.text()]).toEqual([false, ""])
  })

  test("that is a redirect is given as it is", async () => {
    const response = await got((answer) => answer.writeHead(307, { location: "/elsewhere" }).end("go on"))
    expect([response.status, response.headers.get("location")]).toEqual([307, "/elsewhere"])
    expect(await response.text()).toBe("go on")
  })

  test("comes after the ones that only say to wait", async () => {
    const response = await got((answer) => {
      answer.writeProcessing()
      answer.writeEarlyHints({ link: "</a>; rel=preload" })
      answer.end("baa")
    })
    expect([response.status, await response.text()]).toEqual([200, "baa"])
  })

  test("may have a reason phrase in whatever bytes, and headers in Latin-1", async () => {
    const response = await gotRaw("HTTP/1.1 200 \xe7\xbe\x8a\r\nx-a: caf\xe9\r\ncontent-length: 3\r\n\r\nbaa")
    expect([response.status, response.statusText]).toEqual([200, ""])
    expect([response.headers.get("x-a"), await response.text()]).toEqual(["café", "baa"])
  })

  test("with a status beyond all statuses is told as what it is", async () => {
    const failure = await failureOf(gotRaw("HTTP/1.1 999 Odd\r\ncontent-length: 3\r\n\r\nbaa"))
    expect(failure).toMatchObject({ message: "fetch failed", cause: expect.any(RangeError) })
  })
})

describe("a response without a Response around it", () => {
  const read = async ({ body }: BareResponse): Promise<string> => {
    let text = ""
    for (let piece = await body!.read(); !piece.done; piece = await body!.read())
      text += Buffer.from(piece.value).toString()
    return text
  }

  test("has its status, its headers and its body", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(418, "Short And Stout", {
        "X-A": "1",
        "x-b": ["1", "2"],
        "set-cookie": ["a=1", "b=2"],
      })
      response.end("baa")
    })
    await using fetch = createUndiciFetch()
    const response = await fetch.bare(server.url, {})
    const { headers, status, statusText } = response
    expect([status, statusText, await read(response)]).toEqual([418, "Short And Stout", "baa"])
    expect([headers.get("X-A"), headers.get("x-b"), headers.get("constructor")]).toEqual(["1", "1, 2", null])
    expect([...headers.keys()]).toContain("set-cookie")
    expect([...headers].filter(([name]) => name === "set-cookie")).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ])
  })

  test("has no coding any more, and tells of none", async () => {
    const packed = gzipSync("baa")
    await using server = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed),
    )
    await using fetch = createUndiciFetch()
    const response = await fetch.bare(server.url, {})
    expect([response.headers.get("content-encoding"), response.headers.get("content-length")]).toEqual([
      null,
      null,
    ])
    expect(await read(response)).toBe("baa")
  })

  test("has no body where there can be none, and no status beyond all statuses", async () => {
    await using server = await serve((_, response) => response.writeHead(204).end())
    await using fetch = createUndiciFetch()
    expect((await fetch.bare(server.url, {})).body).toBeNull()
    await using odd = await listening(
      createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 999 Odd\r\n\r\n"))),
    )
    expect(await failureOf(fetch.bare(odd.url, {}))).toMatchObject({ cause: expect.any(RangeError) })
  })

  test("ends with the caller's reason when the caller aborts, and is given up when its reader is", async () => {
    const closed = Promise.withResolvers<void>()
    await using server = await serve((_, response) => {
      response.write("begun")
      response.on("close", () => closed.resolve())
    })
    await using fetch = createUndiciFetch()
    const waiting = new AbortController()
    const aborted = await fetch.bare(server.url, { signal: waiting.signal })
    await aborted.body!.read()
    const pending = aborted.body!.read()
    waiting.abort("gone")
    await expect(pending).rejects.toBe("gone")
    const left = await fetch.bare(server.url, {})
    await left.body!.cancel()
    await closed.promise
    expect(await left.body!.read()).toEqual({ done: true, value: undefined })
  })
})
