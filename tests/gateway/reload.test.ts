import OpenAI from "openai"
import { expect, test } from "vitest"
import { question, setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"

const clientOf = ({ baseURL }: Stage): OpenAI => new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 })

test("a reload under load loses nobody's call, and open streams go on", async () => {
  await using stage = await setUp({ providers: { tokensPerSecond: 400 } })
  const client = clientOf(stage)
  const texts = async (): Promise<string> => {
    let text = ""
    for await (const { choices } of await client.chat.completions.create({ ...question, stream: true }))
      text += choices[0]?.delta.content ?? ""
    return text
  }
  const whole = await texts()
  const calls = Array.from({ length: 10 }, texts)
  await stage.primary.until(({ inFlight }) => inFlight === 10)
  for (let count = 0; count < 5; count++) {
    stage.gateway.reload(stage.config)
    calls.push(texts(), texts())
  }
  expect(await Promise.all(calls)).toEqual(calls.map(() => whole))
})

test("what was learnt and counted outlives a reload, and what changed acts at once", async () => {
  await using stage = await setUp({
    faults: [{ kind: "error", error: "server-error" }],
    gateway: { keys: [{ id: "team", value: "any", budgets: [{ limit: { requests: 8 }, per: "day" }] }] },
  })
  const client = clientOf(stage)
  for (let count = 0; count < 6; count++) await client.chat.completions.create(question)
  const asked = stage.primary.requests.length
  stage.gateway.reload({
    ...stage.config,
    gateway: {
      ...stage.config.gateway,
      keys: [{ id: "team", value: "new", budgets: [{ limit: { requests: 8 }, per: "day" }] }],
    },
  })
  await expect(client.chat.completions.create(question)).rejects.toThrow(OpenAI.AuthenticationError)
  const renewed = new OpenAI({ baseURL: stage.baseURL, apiKey: "new", maxRetries: 0 })
  for (let count = 0; count < 2; count++) await renewed.chat.completions.create(question)
  expect(stage.primary.requests).toHaveLength(asked)
  await expect(renewed.chat.completions.create(question)).rejects.toThrow(OpenAI.RateLimitError)
  expect(stage.gateway.pipeline.metrics.snapshot().total).toBe(9)
})

test("a config that is wrong changes nothing, and is told on the status page until one is right", async () => {
  await using stage = await setUp()
  const before = stage.gateway.pipeline
  expect(() => stage.gateway.reload({ options: { endpoints: [] } })).toThrow("endpoints")
  stage.gateway.reloadFailed("endpoints must not be empty.")
  expect(stage.gateway.pipeline).toBe(before)
  const errorOf = async (): Promise<unknown> => {
    const status = await fetch(`${stage.origin}/status.json`, { headers: { "cache-control": "no-cache" } })
    return ((await status.json()) as { process: { config: { error: unknown } } }).process.config.error
  }
  expect(await errorOf()).toMatchObject({ message: "endpoints must not be empty." })
  stage.gateway.reload(stage.config)
  await expect.poll(errorOf).toBeNull()
})

test("what the server is bound with stays until a restart, and is told", async () => {
  await using stage = await setUp()
  stage.gateway.reload({
    ...stage.config,
    gateway: { port: 1, maxHeaderBytes: 4_096, host: "0.0.0.0", keys: [{ id: "team", value: "any" }] },
  })
  const status = await fetch(`${stage.origin}/status.json`)
  const restartFor = ["gateway.host", "gateway.port", "gateway.maxHeaderBytes"]
  expect(await status.json()).toMatchObject({ process: { config: { restartFor } } })
  expect(stage.lines.at(-1)).toMatchObject({ level: "warn", event: "restart-needed", options: restartFor })
})

test("a server that others can reach stays closed to strangers, whatever address its next config has", async () => {
  const keys = [{ id: "team", value: "vk-team" }]
  await using stage = await setUp({ gateway: { host: "0.0.0.0", keys } })
  const url = stage.origin.replace("0.0.0.0", "127.0.0.1")
  const atLoopback = (gateway: object) => ({ ...stage.config, gateway: { port: 0, ...gateway } })
  expect(() => stage.gateway.reload(atLoopback({}))).toThrow("gateway.keys is missing")
  stage.gateway.reload(atLoopback({ keys }))
  expect((await fetch(`${url}/status.json`)).status).toBe(403)
  expect((await fetch(`${url}/v1/models`)).status).toBe(401)
})

test("a gateway that closes finishes its streams, refuses new calls, and is not ready", async () => {
  const stage = await setUp({ providers: { tokensPerSecond: 100 } })
  try {
    const client = clientOf(stage)
    const stream = await client.chat.completions.create({ ...question, stream: true })
    const pieces = stream[Symbol.asyncIterator]()
    await pieces.next()
    const closed = stage.gateway.close()
    const refused = await fetch(`${stage.baseURL}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(question),
    })
    expect(refused.status).toBe(503)
    expect(refused.headers.get("retry-after")).toBe("5")
    expect(refused.headers.get("x-should-retry")).toBe("true")
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(503)
    expect((await fetch(`${stage.origin}/healthz`)).status).toBe(200)
    let reason: string | null | undefined
    for (let next = await pieces.next(); !next.done; next = await pieces.next())
      reason = next.value.choices[0]?.finish_reason ?? reason
    expect(reason).toBe("stop")
    await closed
    await expect(fetch(`${stage.origin}/healthz`)).rejects.toThrow("fetch failed")
  } finally {
    await stage[Symbol.asyncDispose]()
  }
})

test("a stream that does not end in time does not keep a gateway from closing", async () => {
  await using stage = await setUp({
    faults: [{ kind: "stream-stall", afterContent: 1 }],
    gateway: { shutdownMs: 100 },
  })
  const stream = await clientOf(stage).chat.completions.create({ ...question, stream: true })
  const pieces = stream[Symbol.asyncIterator]()
  // The role, and the one piece of content.
  await pieces.next()
  await pieces.next()
  const rest = pieces.next().then(
    () => "it went on",
    () => "it broke off",
  )
  await stage.gateway.close()
  expect(await rest).toBe("it broke off")
  await stage.primary.until(({ inFlight }) => inFlight === 0)
})
