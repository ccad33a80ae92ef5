import { once } from "node:events"
import { request } from "node:http"
import type { IncomingMessage } from "node:http"
import OpenAI from "openai"
import { describe, expect, test } from "vitest"
import { question, setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"

const clientOf = ({ baseURL }: Stage, options: object = {}): OpenAI =>
  new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, ...options })

/** A call by hand, for what SDKs do not show. */
async function post(
  stage: Stage,
  body: object,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const sent = request(`${stage.baseURL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    agent: false,
  })
  sent.end(JSON.stringify(body))
  const [response] = (await once(sent, "response")) as [IncomingMessage]
  return response
}

async function readAll(
  response: IncomingMessage,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of response) pieces.push(piece as Buffer)
  } catch {
    // What came before the end of the connection counts.
  }
  return { text: Buffer.concat(pieces).toString(), isWhole: response.complete }
}

describe("a stream that breaks off", () => {
  const cut = { kind: "stream-cut", afterContent: 3, ending: "close" } as const

  test("ends with an error in it and with the connection, and is never made to look whole", async () => {
    await using stage = await setUp({ faults: [cut] })
    const { text, isWhole } = await readAll(await post(stage, { ...question, stream: true }))
    expect(text).toContain("event: error\ndata: {")
    expect(text).not.toContain("[DONE]")
    expect(isWhole).toBe(false)
  })

  test("that ends in order but says no end is no whole stream either", async () => {
    await using stage = await setUp({ faults: [{ kind: "stream-cut", afterContent: 3 }] })
    const { text, isWhole } = await readAll(await post(stage, { ...question, stream: true }))
    expect(text).toContain("event: error")
    expect(isWhole).toBe(false)
  })

  test("is an error in the SDK", async () => {
    await using stage = await setUp({ faults: [cut] })
    const stream = await clientOf(stage).chat.completions.create({ ...question, stream: true })
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow("broke off its answer")
  })

  test("before its first content is answered by the backup", async () => {
    await using stage = await setUp({ faults: [{ ...cut, afterContent: 0 }] })
    const { text, isWhole } = await readAll(await post(stage, { ...question, stream: true }))
    expect(text).toContain("data: [DONE]")
    expect(isWhole).toBe(true)
  })

  test("and is no stream of events is cut as well", async () => {
    await using stage = await setUp({
      faults: [{ kind: "body-cut", atByte: 2_000, when: { route: "speech" } }],
    })
    const speech = await clientOf(stage).audio.speech.create({
      model: "gpt-4o-mini-tts",
      voice: "alloy",
      input: "Why do sheep follow a bell? ".repeat(20),
    })
    await expect(speech.arrayBuffer()).rejects.toThrow("terminated")
  })
})

test("when nobody answers, the provider's own error is told, with no invitation to try again", async () => {
  await using stage = await setUp({ faults: [{ kind: "error", error: "overloaded" }] })
  stage.backup.inject({ kind: "error", error: "overloaded" })
  const error = await clientOf(stage)
    .chat.completions.create(question)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(OpenAI.InternalServerError)
  const { headers } = error as InstanceType<typeof OpenAI.APIError>
  expect(headers?.get("x-should-retry")).toBe("false")
  expect(headers?.get("x-bellwether-attempts")).not.toBeNull()
})

test("a caller who leaves ends the provider's work, whatever it is at", async () => {
  await using stage = await setUp({ providers: { tokensPerSecond: 20 } })
  const waiting = new AbortController()
  const waiter = clientOf(stage).chat.completions.create(question, { signal: waiting.signal })
  await stage.primary.until(({ inFlight }) => inFlight === 1)
  waiting.abort()
  await expect(waiter).rejects.toThrow(OpenAI.APIUserAbortError)
  await stage.primary.until(({ inFlight }) => inFlight === 0)

  const stream = await clientOf(stage).chat.completions.create({ ...question, stream: true })
  for await (const _ of stream) break
  await stage.primary.until(({ inFlight }) => inFlight === 0)
  expect(stage.primary.requests.map(({ ending }) => ending)).toEqual([
    "aborted-by-client",
    "aborted-by-client",
  ])
})

test("a caller who leaves counts against nobody", async () => {
  await using stage = await setUp({ providers: { tokensPerSecond: 20 } })
  for (let count = 0; count < 8; count++) {
    const stream = await clientOf(stage).chat.completions.create({ ...question, stream: true })
    for await (const _ of stream) break
  }
  await stage.primary.until(({ inFlight }) => inFlight === 0)
  const { targets } = stage.gateway.pipeline.inspect("gpt-4o")
  expect(targets.map(({ verdict }) => verdict.status)).toEqual(["available", "available"])
})

test("a hundred callers at once each get their own answer", async () => {
  await using stage = await setUp({
    providers: { answer: ({ body }) => /caller \d+/.exec(body)?.[0] ?? "" },
  })
  const client = clientOf(stage)
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, place) => {
      const messages = [{ role: "user" as const, content: `caller ${place}` }]
      if (place % 2 === 0) {
        const { choices } = await client.chat.completions.create({ ...question, messages })
        return choices[0]?.message.content
      }
      let text = ""
      for await (const { choices } of await client.chat.completions.create({
        ...question,
        messages,
        stream: true,
      }))
        text += choices[0]?.delta.content ?? ""
      return text
    }),
  )
  expect(answers).toEqual(answers.map((_, place) => `caller ${place}`))
})

test("a provider that dies under load loses nobody's call", async () => {
  await using stage = await setUp({ providers: { latencyMs: 30 } })
  const client = clientOf(stage)
  const calls: Promise<unknown>[] = []
  for (let count = 0; count < 60; count++) {
    calls.push(client.chat.completions.create({ ...question, ...(count % 2 === 0 && { stream: true }) }))
    if (count === 20) await stage.primary.until(({ requests }) => requests.length >= 10)
    if (count === 20) await stage.primary.stop()
  }
  await expect(Promise.all(calls)).resolves.toHaveLength(60)
})

test("a call that may not take long is told so in time", async () => {
  await using stage = await setUp({ faults: [{ kind: "black-hole" }] })
  stage.backup.inject({ kind: "black-hole" })
  const response = await post(stage, question, { "x-bellwether-deadline-ms": "200" })
  expect(response.statusCode).toBe(503)
  expect((await readAll(response)).text).toContain('"deadline-exceeded"')
})
