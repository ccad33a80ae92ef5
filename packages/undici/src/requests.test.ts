import { classifyThrown } from "@bellwether/wire"
import { describe, expect, test } from "vitest"
import { failureOf } from "../test/failure-of.ts"
import { bodyOf, serve } from "../test/serve.ts"
import { createUndiciFetch } from "./undici-fetch.ts"

type Init = RequestInit & { readonly duplex?: "half" }

/** What a server gets of a request. */
async function sent(init: Init, path = "/v1/chat/completions") {
  await using server = await serve((request, response) => {
    const { method, url, rawHeaders } = request
    void bodyOf(request).then((body) => response.end(JSON.stringify({ method, url, rawHeaders, body })))
  })
  await using fetch = createUndiciFetch()
  const response = await fetch(server.url + path, init)
  const { rawHeaders, ...rest } = (await response.json()) as {
    readonly method: string
    readonly url: string
    readonly rawHeaders: readonly string[]
    readonly body: string
  }
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  )
  return {
    ...rest,
    headers,
    header: (name: string) => new Headers(headers.map((pair) => [...pair])).get(name),
  }
}

const post = (body: NonNullable<Init["body"]>, more: Init = {}): Init => ({ method: "POST", body, ...more })

describe("a request", () => {
  test("arrives with its method, its path and its query", async () => {
    expect(await sent({ method: "DELETE" }, "/v1/files/f%201?after=a%20b&limit=2")).toMatchObject({
      method: "DELETE",
      url: "/v1/files/f%201?after=a%20b&limit=2",
    })
  })

  test("keeps its headers' order and case, and says of itself no more than it has to", async () => {
    const { headers } = await sent(post("{}", { headers: { "X-First": "1", "Content-Type": "a/b", z: "2" } }))
    expect(headers.filter(([name]) => name.toLowerCase() !== "host")).toEqual([
      ["connection", "keep-alive"],
      ["X-First", "1"],
      ["Content-Type", "a/b"],
      ["z", "2"],
      ["accept", "*/*"],
      ["user-agent", "node"],
      ["accept-encoding", "identity"],
      ["content-length", "2"],
    ])
  })

  test("has the last word on what would be said by itself", async () => {
    const own = { Accept: "text/event-stream", "User-Agent": "OpenAI/JS 7", "ACCEPT-ENCODING": "br" }
    const { headers } = await sent({ headers: own })
    for (const [name, value] of Object.entries(own))
      expect(headers.filter(([each]) => each.toLowerCase() === name.toLowerCase())).toEqual([[name, value]])
  })

  test.each([
    ["pairs", [["x-a", "1"]] as [string, string][]],
    ["`Headers`", new Headers({ "x-a": "1" })],
  ])("takes its headers as %s", async (_, headers) => {
    expect((await sent({ headers })).header("x-a")).toBe("1")
  })

  test("may be a `Request`, or a URL", async () => {
    await using server = await serve((request, response) => {
      void bodyOf(request).then((body) => response.end(`${request.method} ${request.url} ${body}`))
    })
    await using fetch = createUndiciFetch()
    const request = new Request(`${server.url}/a`, { method: "PUT", body: "sheep" })
    expect(await (await fetch(request)).text()).toBe("PUT /a sheep")
    expect(await (await fetch(new URL(`${server.url}/b`))).text()).toBe("GET /b ")
  })
})

describe("a body", () => {
  const bytes = new TextEncoder().encode("…sheep…")

  test.each<[string, NonNullable<Init["body"]>, string, string | null]>([
    ["a text", "näive", "näive", "text/plain;charset=UTF-8"],
    ["bytes", bytes.subarray(3, 8), "sheep", null],
    ["a buffer", bytes.slice(3, 8).buffer, "sheep", null],
    ["a blob", new Blob(["sheep"], { type: "a/b" }), "sheep", "a/b"],
    [
      "a query",
      new URLSearchParams({ a: "1 2" }),
      "a=1+2",
      "application/x-www-form-urlencoded;charset=UTF-8",
    ],
  ])("may be %s, whose type and length are told", async (_, body, text, type) => {
    const { body: arrived, header } = await sent(post(body))
    expect([arrived, header("content-type")]).toEqual([text, type])
    expect(header("content-length")).toBe(String(new TextEncoder().encode(text).length))
  })

  test("may be a form with files, whose length is told", async () => {
    const form = new FormData()
    form.set("purpose", "batch")
    form.set("file", new File(["baa"], "sheep.jsonl", { type: "a/b" }))
    const { body, header } = await sent(post(form))
    const type = header("content-type") ?? ""
    expect(Number(header("content-length"))).toBe(body.length)
    const read = await new Response(body, { headers: { "content-type": type } }).formData()
    expect([read.get("purpose"), (read.get("file") as File).name]).toEqual(["batch", "sheep.jsonl"])
    expect(await (read.get("file") as File).text()).toBe("baa")
  })

  test("may be a stream, which goes out in chunks", async () => {
    const pieces = [bytes.subarray(3, 5), bytes.subarray(5, 8)]
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift()
        if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
    })
    const { body: arrived, header } = await sent(post(body, { duplex: "half" }))
    expect([arrived, header("transfer-encoding")]).toEqual(["sheep", "chunked"])
  })

  test("that is a stream is cancelled when the server has said enough before its end", async () => {
    await using server = await serve((_, response) => response.writeHead(413).end("too large"))
    await using fetch = createUndiciFetch()
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const body = new ReadableStream({ start: (controller) => controller.enqueue(bytes), cancel: resolve })
    const response = await fetch(server.url, post(body, { duplex: "half" }))
    expect([response.status, await response.text()]).toEqual([413, "too large"])
    await promise
  })

  test("that is a stream and fails, fails the request", async () => {
    await using server = await serve(() => {})
    await using fetch = createUndiciFetch()
    const cause = new Error("the disk is gone")
    const body = new ReadableStream({ pull: (controller) => controller.error(cause) })
    expect(await failureOf(fetch(server.url, post(body, { duplex: "half" })))).toMatchObject({ cause })
  })
})

describe("what can not be sent is refused as a fault of the caller", () => {
  test.each<[string, string, Init]>([
    ["an address that is none", "nowhere", {}],
    ["a protocol that is not HTTP", "ftp://primary.example/", {}],
    ["credentials in the address", "http://a:b@127.0.0.1:9/", {}],
    ["a line break in a header", "", { headers: { "x-a": "1\r\nx-admin: yes" } }],
    ["a bare line feed in a header", "", { headers: { "x-a": "1\nx-admin: yes" } }],
    ["a line break in a header's name", "", { headers: { "x-a: 1\r\nx-b": "2" } }],
    ["a character beyond Latin-1", "", { headers: { "x-a": "羊" } }],
    ["a length that is not true", "", { method: "POST", body: "sheep", headers: { "content-length": "2" } }],
    [
      "a framing of one's own",
      "",
      { method: "POST", body: "a", headers: { "transfer-encoding": "chunked" } },
    ],
    ["a line break in a method", "", { method: "GET / HTTP/1.1\r\nx-admin: yes\r\n" }],
    ["a method that makes a tunnel", "", { method: "CONNECT" }],
    ["a method that echoes keys", "", { method: "trace" }],
    ["a body where there is none", "", { body: "a" }],
  ])("%s", async (_, url, init) => {
    let requests = 0
    await using server = await serve((_request, response) => {
      requests += 1
      response.end()
    })
    await using fetch = createUndiciFetch()
    const failure = await failureOf(fetch(url === "" ? server.url : url, init))
    expect(failure).toBeInstanceOf(TypeError)
    expect(classifyThrown(failure).class).toBe("caller-fault")
    expect(requests).toBe(0)
  })
})
