import { describe, expect, test } from "vitest"
import { chat, createFetch } from "./fetch.ts"

const endpoints = [{ id: "primary", baseURL: "https://primary.test/v1", key: "sk-1" }]

/** Says where it was asked, and with which key. */
const telling = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const url = input instanceof Request ? input.url : String(input)
  return Response.json({ asked: url, key: new Headers(init?.headers).get("authorization") })
}

describe("createFetch of the preset", () => {
  test("routes paths through the default stack, and sends everything by the fetch it was given", async () => {
    const fetch = createFetch({ endpoints, fetch: telling })
    await using pipeline = fetch.pipeline
    const asked = async (url: string): Promise<unknown> => (await fetch(url)).json()
    expect(await asked("/models")).toEqual({ asked: "https://primary.test/v1/models", key: "Bearer sk-1" })
    expect(await asked("https://elsewhere.test/")).toEqual({ asked: "https://elsewhere.test/", key: null })
    expect(pipeline.metrics.snapshot().total).toBe(1)
  })

  test("chat goes over its pipeline", async () => {
    const choices = [{ index: 0, message: { content: "Because." }, finish_reason: "stop" }]
    const fetch = createFetch({ endpoints, fetch: async () => Response.json({ choices }) })
    expect(await chat(fetch.pipeline, "gpt-4o", "Why?")).toBe("Because.")
  })

  test("an unknown option is refused", () => {
    expect(() => createFetch({ endpoints, rety: {} } as Parameters<typeof createFetch>[0])).toThrow("retry")
  })
})
