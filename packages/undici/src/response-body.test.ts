import type { ServerResponse } from "node:http"
import { createServer } from "node:net"
import { describe, expect, test } from "vitest"
import { failureOf } from "../test/failure-of.ts"
import { listening, serve } from "../test/serve.ts"
import { createUndiciFetch } from "./undici-fetch.ts"

interface Reading {
  readonly reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
  readonly answer: ServerResponse
}

/** One answer, whose pieces the test sends and reads by hand. */
async function reading(use: (reading: Reading) => Promise<void>): Promise<void> {
  const arriving = Promise.withResolvers<ServerResponse>()
  await using server = await serve((_, response) => {
    response.flushHeaders()
    arriving.resolve(response)
  })
  await using fetch = createUndiciFetch()
  const { body } = await fetch(server.url)
  if (body === null) throw new Error("There is no body.")
  const reader = body.getReader()
  await use({ reader, answer: await arriving.promise })
  await reader.cancel().catch(() => {})
}

const textOf = async ({ reader }: Reading): Promise<string | undefined> => {
  const { value } = await reader.read()
  return value && new TextDecoder().decode(value)
}

/** Waits until what was written is on its way. */
const written = (answer: ServerResponse, piece: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => answer.write(piece, (error) => (error ? reject(error) : resolve())))

describe("a body", () => {
  test("is read piece by piece, as it comes", () =>
    reading(async (one) => {
      for (const piece of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
        const next = textOf(one)
        await written(one.answer, piece)
        expect(await next).toBe(piece)
      }
      one.answer.end()
      expect(await one.reader.read()).toEqual({ done: true, value: undefined })
    }))

  test("that came in several chunks at once is one read", async () => {
    const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    await using server = await listening(
      createServer((socket) => socket.once("data", () => socket.end(chunked))),
    )
    await using fetch = createUndiciFetch()
    const reader = (await fetch(server.url)).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("onetwo")
    expect(await reader?.read()).toEqual({ done: true, value: undefined })
  })

  test("is made of plain bytes that share nothing a reader could spoil", () =>
    reading(async (one) => {
      one.answer.write("one")
      one.answer.write("two")
      one.answer.end()
      let text = ""
      for (;;) {
        const { done, value } = await one.reader.read()
        if (done) break
        expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype)
        text += new TextDecoder().decode(value)
        value.fill(0)
      }
      expect(text).toBe("onetwo")
    }))

  test("that breaks off ends in an error, once everything that came has been read", () =>
    reading(async (one) => {
      await written(one.answer, "data: 1\n\n")
      await written(one.answer, "data: 2\n\n")
      one.answer.destroy()
      let text = ""
      const failure = await failureOf(
        (async () => {
          for (let piece = await textOf(one); piece !== undefined; piece = await textOf(one)) text += piece
        })(),
      )
      expect(text).toBe("data: 1\n\ndata: 2\n\n")
      expect(failure).toBeInstanceOf(TypeError)
      expect(failure).toMatchObject({ message: "terminated", cause: { code: "UND_ERR_SOCKET" } })
    }))

  test("that nobody reads makes the server wait", () =>
    reading(async (one) => {
      const piece = new Uint8Array(1_000_000)
      let sent = 0
      let isWaiting = false
      // More than every buffer on the way holds, until no buffer takes any more.
      while (!isWaiting && sent < 100) {
        const done = written(one.answer, piece).then(() => "sent")
        let turns = 0
        while (turns < 200 && one.answer.writableLength > 0) {
          await new Promise((resolve) => setImmediate(resolve))
          turns += 1
        }
        isWaiting = one.answer.writableLength > 0
        if (!isWaiting) await done
        else void done.catch(() => {})
        sent += 1
      }
      expect(isWaiting).toBe(true)
      let bytes = 0
      while (bytes < sent * piece.length) bytes += (await one.reader.read()).value?.length ?? Infinity
      expect(bytes).toBe(sent * piece.length)
    }))
})
