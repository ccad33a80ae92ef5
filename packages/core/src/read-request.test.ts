import { Readable } from "node:stream"
import { describe, expect, test } from "vitest"
import { bytes, chunked } from "../test/answers.ts"
import { readRequest } from "./read-request.ts"
import type { CallInput } from "./read-request.ts"
import { isPending, takeBody } from "./request-body.ts"

const read = async (more: Partial<CallInput>) => {
  const input: CallInput = { method: "POST", path: "/chat/completions", ...more }
  const taken = input.body == null ? undefined : takeBody(input.body)
  return readRequest(input, isPending(taken) ? await taken.whole : taken)
}

const text = async (more: Partial<CallInput>): Promise<string> => {
  const { request } = await read(more)
  return new Response(request.body as BodyInit).text()
}

const json = `{"model":"m","stream":true,"n":2}`

describe("the body of a request", () => {
  test.each<[string, () => NonNullable<CallInput["body"]>]>([
    ["a text", () => json],
    ["bytes", () => bytes(json)],
    ["a part of a buffer", () => Buffer.from(`  ${json}  `).subarray(2, -2)],
    ["an ArrayBuffer", () => bytes(json).buffer],
    ["a DataView", () => new DataView(bytes(`xx${json}`).buffer, 2)],
    ["a stream", () => chunked([bytes(json.slice(0, 5)), bytes(json.slice(5))])],
    ["a Node stream", () => Readable.from([Buffer.from(json)])],
    [
      "an async iterable",
      () =>
        (async function* () {
          yield bytes(json)
        })(),
    ],
  ])("may be %s", async (_, body) => {
    expect(await text({ body: body() })).toBe(json)
    expect(await read({ body: body() })).toMatchObject({
      model: "m",
      stream: true,
      choices: 2,
      repeatable: true,
    })
  })

  test("may be missing, or null", async () => {
    for (const more of [{}, { body: null }]) {
      const { request, repeatable } = await read(more)
      expect(request).not.toHaveProperty("body")
      expect(repeatable).toBe(true)
    }
  })

  test("that is parameters keeps its type", async () => {
    const { request } = await read({ body: new URLSearchParams({ a: "1 2" }) })
    expect(request.body).toBe("a=1+2")
    expect(request.headers["content-type"]).toBe("application/x-www-form-urlencoded;charset=UTF-8")
  })

  test("that is a form loses a type with somebody else's boundary", async () => {
    const { request, model } = await read({
      body: Object.assign(new FormData(), {}),
      headers: { "content-type": "multipart/form-data; boundary=old" },
    })
    expect(request.headers).not.toHaveProperty("content-type")
    expect(model).toBeUndefined()
  })

  test("that is a form names its model", async () => {
    const form = new FormData()
    form.append("model", "whisper-1")
    expect((await read({ body: form })).model).toBe("whisper-1")
  })

  test("that is a file goes as it is", async () => {
    const file = new Blob(["audio"], { type: "audio/wav" })
    expect((await read({ body: file })).request.body).toBe(file)
  })

  test("that is no JSON is nobody's business", async () => {
    for (const body of ["{not json", "", "[1]", "null"])
      expect(await read({ body })).toMatchObject({ model: undefined, stream: false, choices: 1 })
  })

  test("that is a stream fails the reading when it breaks", async () => {
    await expect(read({ body: chunked([bytes("{")], "breaks") })).rejects.toThrow("terminated")
  })

  test("that yields texts is refused as fetch does", async () => {
    await expect(read({ body: Readable.from(["text"]) })).rejects.toThrow(TypeError)
  })
})

describe("a large request stream", () => {
  const mebibyte = new Uint8Array(1024 * 1024)

  test("is kept up to 32 MiB, so that it can be sent again", async () => {
    const { request, repeatable } = await read({ body: chunked(Array.from({ length: 32 }, () => mebibyte)) })
    expect(repeatable).toBe(true)
    expect((request.body as Uint8Array).length).toBe(32 * mebibyte.length)
  })

  test("beyond it goes on as a stream, once, nothing lost and nothing read ahead", async () => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          if (pulled === 40) return controller.close()
          controller.enqueue(new Uint8Array(mebibyte.length).fill(pulled++))
        },
      },
      { highWaterMark: 0 },
    )
    const { request, repeatable } = await read({ body })
    expect(repeatable).toBe(false)
    expect(pulled).toBeLessThan(36)
    const whole = new Uint8Array(await new Response(request.body as BodyInit).arrayBuffer())
    expect(whole.length).toBe(40 * mebibyte.length)
    expect(Array.from({ length: 40 }, (_, piece) => whole[piece * mebibyte.length])).toEqual([
      ...Array(40).keys(),
    ])
  })

  test("that is given up gives up its source", async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(mebibyte),
      cancel: () => void (isCancelled = true),
    })
    const { request } = await read({ body })
    await (request.body as ReadableStream).cancel()
    expect(isCancelled).toBe(true)
  })
})

describe("the headers of a request", () => {
  const kept = { accept: "application/json", "x-stainless-lang": "js" }
  const dropped = {
    Authorization: "Bearer sk-caller",
    "API-Key": "sk-caller",
    "x-api-key": "sk-caller",
    "x-goog-api-key": "sk-caller",
    Cookie: "session=1",
    "OpenAI-Organization": "org",
    "OpenAI-Project": "project",
    Host: "caller.example",
    Connection: "close",
    "Content-Length": "3",
    "Transfer-Encoding": "chunked",
    "x-bellwether-tier": "gold",
  }

  test.each<[string, HeadersInit]>([
    ["an object", { ...kept, ...dropped }],
    ["pairs", Object.entries({ ...kept, ...dropped })],
    ["Headers", new Headers({ ...kept, ...dropped })],
  ])("as %s travel without the caller's credentials and connection", async (_, headers) => {
    expect((await read({ headers })).request.headers).toEqual(kept)
  })

  test("given twice travel both", async () => {
    const { request } = await read({
      headers: [
        ["x-tag", "a"],
        ["X-Tag", "b"],
      ],
    })
    expect(request.headers).toEqual({ "x-tag": "a, b" })
  })
})

describe("the address of a request", () => {
  test("is split into path and query", async () => {
    expect((await read({ path: "/files?after=a?b" })).request).toMatchObject({
      path: "/files",
      query: "?after=a?b",
    })
  })

  test("says the model where the body does not", async () => {
    expect((await read({ model: "deployment" })).model).toBe("deployment")
    expect((await read({ model: "deployment", body: json })).model).toBe("m")
  })

  test.each(["chat/completions", "", ".evil.example/v1", "@evil.example/", ":8080/"])(
    "%j that is no path is refused, for it could lead to another host",
    async (path) => {
      await expect(read({ path })).rejects.toThrow("path")
    },
  )

  test("comes with a method in capitals", async () => {
    expect((await read({ method: "post" })).request.method).toBe("POST")
    expect(readRequest({ path: "/models" }, undefined).request.method).toBe("GET")
  })
})
