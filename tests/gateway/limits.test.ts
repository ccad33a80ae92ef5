import { once } from "node:events"
import { request } from "node:http"
import { connect } from "node:net"
import type { Socket } from "node:net"
import OpenAI, { toFile } from "openai"
import { describe, expect, test } from "vitest"
import { raw, statusOf } from "./raw.ts"
import { question, setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"

const post = ["POST /v1/chat/completions HTTP/1.1", "Host: localhost", "Content-Type: application/json"]
const head = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n`

const open = async ({ origin }: Stage): Promise<Socket> => {
  const socket = connect(Number(new URL(origin).port), "127.0.0.1")
  await once(socket, "connect")
  return socket
}

describe("a body that is too large", () => {
  const gateway = { maxBodyBytes: 10_000 }

  test("is refused by its length", async () => {
    await using stage = await setUp({ gateway })
    const answered = await fetch(`${stage.baseURL}/chat/completions`, {
      method: "POST",
      body: "x".repeat(20_000),
    })
    expect(answered.status).toBe(413)
    expect(await answered.json()).toMatchObject({ error: { code: "body-too-large" } })
    expect(stage.primary.requests).toEqual([])
  })

  test.each([
    ["that is read whole", "application/json"],
    ["that is passed on as it comes", "application/octet-stream"],
  ])("in chunks %s is refused when it has grown too large", async (_, type) => {
    await using stage = await setUp({ gateway })
    const sent = request(`${stage.baseURL}/chat/completions`, {
      method: "POST",
      headers: { "content-type": type },
    })
    sent.on("error", () => {})
    for (let count = 0; count < 20; count++) sent.write("x".repeat(1_000))
    const [answered] = await once(sent, "response")
    expect(answered.statusCode).toBe(413)
    sent.destroy()
    expect(stage.primary.requests).toEqual([])
  })

  test("is not asked for where its sender waits to be asked", async () => {
    await using stage = await setUp({ gateway })
    const lines = [...post, "Expect: 100-continue", "Content-Length: 20000", "Connection: close"]
    const answer = await raw(stage.origin, head(lines))
    expect(answer).not.toContain("100 Continue")
    expect(statusOf(answer)).toBe(413)
  })
})

test("a sender who waits to be asked for a good body is asked", async () => {
  await using stage = await setUp()
  const body = JSON.stringify(question)
  const sent = request(`${stage.baseURL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", expect: "100-continue", "content-length": body.length },
  })
  sent.on("continue", () => sent.end(body))
  sent.flushHeaders()
  const [answered] = await once(sent, "response")
  expect(answered.statusCode).toBe(200)
  answered.resume()
})

test("headers that are too large are refused", async () => {
  await using stage = await setUp({ gateway: { maxHeaderBytes: 4_096 } })
  const answer = await raw(stage.origin, head([...post, `X-Long: ${"x".repeat(8_000)}`, "Connection: close"]))
  expect(statusOf(answer)).toBe(431)
})

describe("a caller who is slow", () => {
  test("with the headers is cut", async () => {
    await using stage = await setUp({ gateway: { slowClientMs: 100 } })
    const answer = await raw(stage.origin, "POST /v1/chat/completions HTTP/1.1\r\nHost: loc")
    expect(statusOf(answer)).toBe(408)
  })

  test.each(["application/json", "application/octet-stream"])("with a body of %s is cut", async (type) => {
    await using stage = await setUp({ gateway: { slowClientMs: 100 } })
    const lines = [
      "POST /v1/files HTTP/1.1",
      "Host: localhost",
      `Content-Type: ${type}`,
      "Content-Length: 5000000",
    ]
    const answer = await raw(stage.origin, `${head(lines)}{`)
    expect(statusOf(answer)).toBe(408)
    expect(answer).toContain("request-too-slow")
    expect(stage.primary.requests).toEqual([])
  })

  test("to take an answer is cut, and the provider's work ends", async () => {
    await using stage = await setUp({ gateway: { slowClientMs: 200 } })
    const socket = await readingNothing(stage)
    await stage.primary.until(({ inFlight }) => inFlight === 0)
    expect(stage.primary.requests.at(-1)?.ending).toBe("aborted-by-client")
    socket.destroy()
  })
})

test("a slow caller holds back its provider, who cannot get rid of its answer here", async () => {
  await using stage = await setUp()
  const socket = await readingNothing(stage)
  for (let turn = 0; turn < 2_000; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(stage.primary.inFlight).toBe(1)
  socket.destroy()
  await stage.primary.until(({ inFlight }) => inFlight === 0)
})

/** What no buffer on the way holds. */
const fileBytes = 48 * 1024 * 1024

/** Asks for a large file and takes nothing of it. */
async function readingNothing(stage: Stage): Promise<Socket> {
  const client = new OpenAI({ baseURL: stage.baseURL, apiKey: "any" })
  const file = await client.files.create({
    file: await toFile(Buffer.alloc(fileBytes, "bell "), "bells.txt"),
    purpose: "user_data",
  })
  const socket = await open(stage)
  socket.pause()
  socket.write(head([`GET /v1/files/${file.id}/content HTTP/1.1`, "Host: localhost"]))
  await stage.primary.until(({ inFlight }) => inFlight === 1)
  return socket
}
