import type { ServerResponse } from "node:http"
import { createServer } from "node:net"
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
