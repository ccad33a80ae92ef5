import OpenAI, { toFile } from "openai"
import { describe, expect, test } from "vitest"
import { question, setUp } from "./stage.ts"
import type { Stage, StageOptions } from "./stage.ts"

const team = { id: "team", value: "vk-team-secret" }
const other = { id: "other", value: "vk-other-secret" }

const withKeys = (...keys: NonNullable<NonNullable<StageOptions["gateway"]>["keys"]>): Promise<Stage> =>
  setUp({ gateway: { keys } })

const clientOf = ({ baseURL }: Stage, apiKey: string, headers: Record<string, string> = {}): OpenAI =>
  new OpenAI({ baseURL, apiKey, maxRetries: 0, defaultHeaders: headers })

const reasonOf = async (promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
  const reason: unknown = await promise.then(
    () => new Error("It went well."),
    (error: unknown) => error,
  )
  if (!(reason instanceof OpenAI.APIError)) throw reason
  return reason
}

const ask = (client: OpenAI, more: object = {}) => client.chat.completions.create({ ...question, ...more })

describe("a gateway with keys", () => {
  test("refuses strangers before it reads what they send", async () => {
    await using stage = await withKeys(team)
    const error = await reasonOf(ask(clientOf(stage, "vk-guessed")))
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
    expect(error.code).toBe("invalid-api-key")
    expect(error.message).not.toContain("guessed")
    const nobody = await fetch(`${stage.baseURL}/models`)
    expect(nobody.status).toBe(401)
    expect(await nobody.json()).toMatchObject({ error: { code: "missing-api-key" } })
    expect(stage.primary.requests).toEqual([])
  })

  test.each(["x-api-key", "api-key"])("takes a key in %s", async (name) => {
    await using stage = await withKeys(team)
    const { status } = await fetch(`${stage.baseURL}/models`, { headers: { [name]: team.value } })
    expect(status).toBe(200)
  })

  test("gives no provider the caller's key, and no caller the provider's", async () => {
    await using stage = await withKeys(team)
    stage.primary.inject({ kind: "error", error: "invalid-key" })
    stage.backup.inject({ kind: "error", error: "invalid-key" })
    const error = await reasonOf(ask(clientOf(stage, team.value)))
    expect(JSON.stringify([error.message, error.error])).not.toMatch(/sk-primary|sk-backup|vk-team/)
    for (const { headers } of [...stage.primary.requests, ...stage.backup.requests])
      expect(JSON.stringify(headers)).not.toContain("vk-team")
    const status = await (await fetch(`${stage.origin}/status.json`)).text()
    expect(status + JSON.stringify(stage.lines)).not.toMatch(/sk-primary|sk-backup|vk-team/)
  })
})

describe("a caller with a budget", () => {
  const budgets = [{ limit: { requests: 2 }, per: "hour" as const }]

  test("is refused when it is used up, and told when there is more", async () => {
    await using stage = await withKeys({ ...team, budgets })
    const client = clientOf(stage, team.value)
    await ask(client)
    await ask(client)
    const error = await reasonOf(ask(client))
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(error.code).toBe("quota-exhausted")
    expect(Number(error.headers?.get("retry-after"))).toBeGreaterThan(0)
    expect(error.headers?.get("x-should-retry")).toBe("false")
    expect(error.message).toMatch(/there is room again in .* at \d{4}-/)
    expect(stage.primary.requests).toHaveLength(2)
  })

  test("does not overrun it with calls at once", async () => {
    await using stage = await withKeys({ ...team, budgets })
    const client = clientOf(stage, team.value)
    const ends = await Promise.allSettled(Array.from({ length: 10 }, () => ask(client)))
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(2)
  })

  test("has it for itself, and does not get out of it by another name", async () => {
    await using stage = await withKeys({ ...team, budgets }, { ...other, budgets })
    await ask(clientOf(stage, other.value))
    await ask(clientOf(stage, team.value, { "x-bellwether-tag": "other" }))
    await ask(clientOf(stage, team.value, { "x-bellwether-caller": "other" }))
    await reasonOf(
      ask(clientOf(stage, team.value, { "x-bellwether-tag": "other", "x-bellwether-caller": "other" })),
    )
    await ask(clientOf(stage, other.value))
    expect(stage.primary.requests).toHaveLength(4)
  })

  test("sees it on the status page by its name", async () => {
    await using stage = await withKeys({ ...team, budgets }, other)
    await ask(clientOf(stage, team.value))
    const { callers, budgets: operators } = (await (await fetch(`${stage.origin}/status.json`)).json()) as {
      readonly callers: readonly object[]
      readonly budgets: readonly object[]
    }
    expect(callers).toMatchObject([
      { id: "team", calls: 1, inFlight: 0, budgets: [{ unit: "requests", limit: 2, used: 1, left: 1 }] },
      { id: "other", calls: 0, budgets: [] },
    ])
    expect(operators).toEqual([])
  })
})

test("a caller has no more calls at once than it may, whether answered or left", async () => {
  await using stage = await withKeys({ ...team, concurrency: 2 })
  stage.primary.inject({ kind: "latency", ms: 200 })
  const client = clientOf(stage, team.value)
  const gone = new AbortController()
  const first = client.chat.completions.create(question, { signal: gone.signal })
  const second = ask(client)
  await stage.primary.until(({ inFlight }) => inFlight === 2)
  const error = await reasonOf(ask(client))
  expect(error).toBeInstanceOf(OpenAI.RateLimitError)
  expect(error.code).toBe("too-many-at-once")
  gone.abort()
  await first.catch(() => {})
  await second
  await stage.primary.until(({ inFlight }) => inFlight === 0)
  await Promise.all([ask(client), ask(client)])
})

describe("a caller with models", () => {
  const limited = { ...team, models: ["gpt-4o-mini*"] }

  test("gets these, and sees these alone", async () => {
    await using stage = await withKeys(limited)
    const client = clientOf(stage, team.value)
    await ask(client, { model: "gpt-4o-mini" })
    const { data } = await client.models.list()
    expect(data.map(({ id }) => id).toSorted()).toEqual(["gpt-4o-mini", "gpt-4o-mini-tts"])
    const error = await reasonOf(ask(client, { model: "gpt-4o" }))
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError)
    expect(error.code).toBe("model-not-allowed")
  })

  test.each([
    ["naming two", '{"model":"gpt-4o-mini","model":"gpt-4o","messages":[]}'],
    ["naming the allowed one last", '{"model":"gpt-4o","model":"gpt-4o-mini","messages":[]}'],
    ["writing it otherwise", '{"model":"gpt-4o-mini","Model":"gpt-4o","messages":[]}'],
    ["an escape in the name", '{"model":"gpt-4o-mini","mod\\u0065l":"gpt-4o","messages":[]}'],
    ["naming none", '{"messages":[]}'],
    ["no JSON", "model=gpt-4o"],
  ])("gets no other by %s", async (_, body) => {
    await using stage = await withKeys(limited)
    const answered = await fetch(`${stage.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${team.value}`, "content-type": "application/json" },
      body,
    })
    expect(answered.status).toBe(403)
    expect(stage.primary.requests).toEqual([])
  })

  test("gets no other by a form, a batch, or a deployment in the address", async () => {
    await using stage = await withKeys(limited)
    const client = clientOf(stage, team.value)
    const file = await toFile(Buffer.from("bell"), "bell.mp3")
    await reasonOf(client.audio.transcriptions.create({ file, model: "gpt-4o" }))
    await reasonOf(
      client.batches.create({ input_file_id: "file-1", endpoint: "/v1/responses", completion_window: "24h" }),
    )
    const { status } = await fetch(
      `${stage.origin}/openai/deployments/gpt-4o/chat/completions?api-version=1`,
      {
        method: "POST",
        headers: { "api-key": team.value, "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
      },
    )
    expect(status).toBe(403)
    expect(stage.primary.requests).toEqual([])
  })
})
