import { startHostileProvider } from "@bellwether/testing"
import { afterEach, describe, expect, test, vi } from "vitest"
import { sdks } from "./sdks.ts"
import { only, paths, question, setUp } from "./stage.ts"

const unavailable = { kind: "error", error: "unavailable" } as const

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.each(sdks)("$name over a pipeline", ({ sdk }) => {
  test("a plain chat is answered, with the endpoint's key and no credential of the client's", async () => {
    await using stage = await setUp(sdk)
    const completion = await stage.client.chat.completions.create(question)
    expect(completion.choices[0]?.message.content).toMatch(/\w/)
    expect(completion.model).toBe("gpt-4o")
    const request = only(stage.primary)
    expect(request.key).toBe("sk-primary")
    expect(request.path).toBe("/v1/chat/completions")
    expect(request.headers["user-agent"]).toMatch(/^OpenAI\/JS/)
  })

  test("a chat is answered by the fallback when the primary fails, and the caller sees nothing of it", async () => {
    await using stage = await setUp(sdk, { faults: [unavailable] })
    await using healthy = await setUp(sdk)
    const [rescued, usual] = await Promise.all([
      stage.client.chat.completions.create(question),
      healthy.client.chat.completions.create(question),
    ])
    expect(rescued.choices).toEqual(usual.choices)
    expect(only(stage.fallback).key).toBe("sk-fallback")
  })

  test("a response of the Responses API is answered by the fallback", async () => {
    await using stage = await setUp(sdk, { faults: [unavailable] })
    const response = await stage.client.responses.create({ model: "gpt-4o", input: "Why?" })
    expect(response.status).toBe("completed")
    expect(response.output_text).toMatch(/\w/)
    expect(paths(stage.fallback)).toEqual(["/v1/responses"])
  })

  test("embeddings come back as numbers", async () => {
    await using stage = await setUp(sdk, { faults: [unavailable] })
    const { data } = await stage.client.embeddings.create({
      model: "text-embedding-3-small",
      input: ["a", "b"],
    })
    expect(data).toHaveLength(2)
    expect(data[0]?.embedding.every((value) => Number.isFinite(value))).toBe(true)
  })

  test("speech comes back as bytes", async () => {
    await using stage = await setUp(sdk, { faults: [unavailable] })
    const speech = await stage.client.audio.speech.create({
      model: "gpt-4o-mini-tts",
      input: "Baa",
      voice: "alloy",
    })
    expect((await speech.arrayBuffer()).byteLength).toBeGreaterThan(0)
  })

  test("the answer's request id and headers reach the caller in every form the SDK offers", async () => {
    await using stage = await setUp(sdk)
    const { completions } = stage.client.chat
    const completion = await completions.create(question)
    expect(completion._request_id).toMatch(/^req_/)
    const { data, response, request_id } = await completions.create(question).withResponse()
    expect(data.choices).toEqual(completion.choices)
    expect(request_id).toBe(response.headers.get("x-request-id"))
    const raw = await completions.create(question).asResponse()
    expect(raw).toBeInstanceOf(Response)
    expect(await raw.json()).toMatchObject({ object: "chat.completion", choices: completion.choices })
  })

  test("models are listed and retrieved", async () => {
    await using stage = await setUp(sdk, { faults: [unavailable] })
    const ids: string[] = []
    for await (const { id } of await stage.client.models.list()) ids.push(id)
    expect(ids).toContain("gpt-4o")
    expect((await stage.client.models.retrieve("gpt-4o")).id).toBe("gpt-4o")
  })

  test("all pages of a list come from where the list lives", async () => {
    const page = {
      object: "list",
      data: [{ id: "file-1", object: "file" }],
      has_more: true,
      last_id: "file-1",
    }
    await using stage = await setUp(sdk, {
      faults: [{ kind: "status", status: 200, body: page, when: { route: "files", nth: 1 } }],
    })
    const ids: string[] = []
    for await (const { id } of await stage.client.files.list({ limit: 1 })) ids.push(id)
    expect(ids).toEqual(["file-1"])
    expect(stage.primary.requests.map(({ query }) => query)).toEqual([
      { limit: "1" },
      { limit: "1", after: "file-1" },
    ])
    expect(stage.fallback.requests).toEqual([])
  })

  test("a key that is a function is asked once more when the provider refuses it", async () => {
    await using stage = await setUp(sdk)
    const keys = ["sk-expired", "sk-primary"]
    const { baseURL } = stage.primary
    const endpoint = { id: "rotating", baseURL, key: async () => keys.shift() ?? "sk-none" }
    await using rotating = await setUp(sdk, { pipeline: { endpoints: [endpoint] } })
    await rotating.client.chat.completions.create(question)
    expect(stage.primary.requests.map(({ key }) => key)).toEqual(["sk-expired", "sk-primary"])
  })

  test("a copy made by withOptions goes through the pipeline once, not twice", async () => {
    await using stage = await setUp(sdk)
    await stage.client.withOptions({ timeout: 30_000 }).chat.completions.create(question)
    expect(only(stage.primary).key).toBe("sk-primary")
  })

  test("law 13: credentials and account headers of the caller go to no endpoint", async () => {
    await using stage = await setUp(sdk, { faults: [unavailable] })
    const headers = {
      Authorization: "Bearer sk-caller",
      "api-key": "sk-caller",
      "OpenAI-Organization": "org-caller",
      "OpenAI-Project": "proj-caller",
      Cookie: "session=caller",
      "x-team": "search",
    }
    await stage.client.chat.completions.create(question, { headers })
    const all = [...stage.primary.requests, ...stage.fallback.requests]
    expect(all.length).toBeGreaterThan(1)
    for (const request of all) {
      expect(JSON.stringify(request.headers)).not.toMatch(/sk-caller|org-caller|proj-caller|session/)
      expect(request.headers["x-team"]).toBe("search")
    }
  })

  test("law 13: the environment's credentials go nowhere, not even to a URL of somebody else", async () => {
    vi.stubEnv("OPENAI_API_KEY", "sk-environment")
    vi.stubEnv("OPENAI_ADMIN_KEY", "sk-environment")
    vi.stubEnv("OPENAI_ORG_ID", "org-environment")
    vi.stubEnv("OPENAI_PROJECT_ID", "proj-environment")
    vi.stubEnv("OPENAI_BASE_URL", "https://environment.test/v1")
    await using stage = await setUp(sdk)
    await using elsewhere = await startHostileProvider()
    await stage.client.chat.completions.create(question)
    await stage.client.get(`${elsewhere.baseURL}/models`)
    for (const { headers } of [only(stage.primary), only(elsewhere)])
      expect(JSON.stringify(headers)).not.toContain("environment")
    expect(only(elsewhere).headers).toMatchObject({ authorization: "Bearer kept-by-bellwether" })
  })
})
