import type { ServerResponse } from "node:http"
import * as zlib from "node:zlib"
import { classifyThrown } from "@bellwether/wire"
import { describe, expect, test } from "vitest"
import { failureOf } from "../test/failure-of.ts"
import { serve } from "../test/serve.ts"
import { createUndiciFetch } from "./undici-fetch.ts"

const says = "The flock goes where the bell goes. ".repeat(1_000)

const encode = {
  gzip: zlib.gzipSync,
  "x-gzip": zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
} as const
const codings = Object.keys(encode) as (keyof typeof encode)[]

async function answered<Value>(
  coding: string,
  answer: (response: ServerResponse) => void,
  use: (response: Response) => Promise<Value>,
): Promise<Value> {
  await using server = await serve((_, response) => {
    response.setHeader("content-encoding", coding)
    answer(response)
  })
  await using fetch = createUndiciFetch()
  return use(await fetch(server.url))
}

const textOf = (response: Response): Promise<string> => response.text()

describe.each(codings)("an answer in %s", (coding) => {
  const bytes = encode[coding](says)

  test("is decoded, and its headers say nothing of the coding any more", async () => {
    const end = (response: ServerResponse) => response.setHeader("content-length", bytes.length).end(bytes)
    const [text, headers] = await answered(coding, end, async (response) => [
      await response.text(),
      response.headers,
    ])
    expect(text).toBe(says)
    expect([headers.has("content-encoding"), headers.has("content-length")]).toEqual([false, false])
  })

  test("is decoded however it is cut into pieces", async () => {
    const inPieces = (response: ServerResponse): void => {
      for (const byte of bytes) response.write(Uint8Array.of(byte))
      response.end()
    }
    expect(await answered(coding, inPieces, textOf)).toBe(says)
  })

  test("that is cut is an error, once everything that came is read", async () => {
    const half = bytes.subarray(0, bytes.length - 6)
    const failure = await answered(
      coding,
      (response) => response.end(half),
      async (response) => failureOf(response.text()),
    )
    expect(failure).toMatchObject({ message: "terminated", cause: { code: expect.any(String) } })
    expect(classifyThrown(failure, "body").class).toBe("broken-response")
  })

  test("that is none is an error, and the connection is closed", async () => {
    const failure = await answered(
      coding,
      (response) => void response.write("plainly nothing of the kind"),
      async (response) => failureOf(response.text()),
    )
    expect(failure).toMatchObject({ message: "terminated", cause: { code: expect.any(String) } })
    expect(classifyThrown(failure).class).toBe("broken-response")
  })

  test("that breaks off is read as far as it came, and then is an error", async () => {
    const cutOff = (response: ServerResponse): void => {
      response.setHeader("content-length", bytes.length)
      response.write(bytes.subarray(0, bytes.length - 6), () => response.destroy())
    }
    const [text, failure] = await answered(coding, cutOff, async ({ body }): Promise<[string, unknown]> => {
      let text = ""
      try {
        for await (const chunk of body ?? []) text += Buffer.from(chunk).toString()
      } catch (error) {
        return [text, error]
      }
      return [text, undefined]
    })
    expect(says.startsWith(text)).toBe(true)
    expect(failure).toMatchObject({ message: "terminated", cause: { code: "UND_ERR_SOCKET" } })
  })
})

const streams: [string, () => zlib.Gzip | zlib.BrotliCompress | zlib.ZstdCompress][] = [
  ["gzip", zlib.createGzip],
  ["deflate", zlib.createDeflate],
  ["br", zlib.createBrotliCompress],
  ["zstd", zlib.createZstdCompress],
]

test.each(streams)("an event in %s does not wait for the next one", async (coding, create) => {
  const encoder = create()
  const received = await answered(
    coding,
    (response) => {
      encoder.pipe(response)
      encoder.write("data: 0\n\n")
      encoder.flush()
    },
    async ({ body }) => {
      const reader = body?.getReader()
      const received: string[] = []
      for (let count = 1; count <= 3; count++) {
        received.push(Buffer.from((await reader?.read())?.value ?? []).toString())
        encoder.write(`data: ${count}\n\n`)
        encoder.flush()
      }
      await reader?.cancel()
      return received
    },
  )
  expect(received).toEqual(["data: 0\n\n", "data: 1\n\n", "data: 2\n\n"])
})

describe("several codings", () => {
  test("are undone in the order in which they were not done", async () => {
    const bytes = zlib.gzipSync(zlib.brotliCompressSync(says))
    expect(await answered("br , GZIP", (response) => response.end(bytes), textOf)).toBe(says)
  })

  test("are too many when they are more than five", async () => {
    await using server = await serve((_, response) => {
      response.setHeader("content-encoding", "gzip, gzip, gzip, gzip, gzip, gzip").end("x")
    })
    await using fetch = createUndiciFetch()
    const failure = await failureOf(fetch(server.url))
    expect(failure).toMatchObject({ cause: { message: expect.stringContaining("6 content codings") } })
    await server.emptied()
  })
})

test("a coding nobody knows goes through as it is, and says so", async () => {
  await answered(
    "utf-8",
    (response) => response.end("baa"),
    async (response) => {
      expect(response.headers.get("content-encoding")).toBe("utf-8")
      expect(await response.text()).toBe("baa")
    },
  )
})

test.each(["gzip", "br", "zstd"])("an empty body is an empty one in %s, too", async (coding) => {
  expect(await answered(coding, (response) => response.end(), textOf)).toBe("")
})

describe("whoever reads an answer that is encoded", () => {
  const endless = (response: ServerResponse): void => {
    const encoder = zlib.createGzip()
    encoder.pipe(response)
    encoder.write("first")
    encoder.flush()
  }

  test("may cancel while it waits, which closes the connection", async () => {
    await using server = await serve((_, response) => {
      endless(response.setHeader("content-encoding", "gzip"))
    })
    await using fetch = createUndiciFetch()
    const reader = (await fetch(server.url)).body?.getReader()
    await reader?.read()
    const pending = reader?.read()
    await reader?.cancel()
    await server.emptied()
    expect((await pending)?.done).toBe(true)
  })

  test("may abort while it waits, which closes the connection", async () => {
    await using server = await serve((_, response) => {
      endless(response.setHeader("content-encoding", "gzip"))
    })
    await using fetch = createUndiciFetch()
    const controller = new AbortController()
    const reader = (await fetch(server.url, { signal: controller.signal })).body?.getReader()
    await reader?.read()
    const pending = reader?.read() ?? Promise.resolve()
    const reason = new Error("enough")
    controller.abort(reason)
    expect(await failureOf(pending)).toBe(reason)
    await server.emptied()
  })

  test("has no more of it decoded than is read, however much it would be", async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(60_000_000))
    await using server = await serve((_, response) => {
      response.setHeader("content-encoding", "gzip").end(bomb)
    })
    await using fetch = createUndiciFetch()
    const before = process.memoryUsage().arrayBuffers
    const { body } = await fetch(server.url)
    const reader = body?.getReader()
    await reader?.read()
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000)
    await reader?.cancel()
  })
})
