import { createPipeline } from "@bellwether/core"
import { withPipeline } from "@bellwether/openai"
import { retry } from "@bellwether/retry"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { sdks } from "./sdks.ts"
import { only, question } from "./stage.ts"

const apiVersion = "2024-10-21"

const over = (azure: HostileProvider, openai: HostileProvider) =>
  createPipeline({
    endpoints: [
      {
        id: "azure",
        baseURL: azure.origin,
        key: "az-key",
        provider: "azure",
        apiVersion,
        models: { "gpt-4o": "corp" },
      },
      { id: "openai", baseURL: openai.baseURL, key: "sk-key" },
    ],
    use: [retry({ backoff: () => 1 })],
  })

describe.each(sdks)("Azure and $name over a pipeline", ({ sdk }) => {
  test("the plain client reaches Azure in Azure's way", async () => {
    await using azure = await startHostileProvider({ keys: ["az-key"], models: ["corp"] })
    await using openai = await startHostileProvider()
    await using pipeline = over(azure, openai)
    await new sdk.OpenAI(withPipeline(pipeline)).chat.completions.create(question)
    const request = only(azure)
    expect(request.path).toBe("/openai/deployments/corp/chat/completions")
    expect(request.query).toEqual({ "api-version": apiVersion })
    expect(request.headers).toMatchObject({ "api-key": "az-key" })
    expect(request.headers).not.toHaveProperty("authorization")
  })

  test.for([
    ["with its endpoint", (azure: HostileProvider) => ({ endpoint: azure.origin, apiVersion: "2023-05-15" })],
    ["without an endpoint", () => ({ apiVersion: "2023-05-15" })],
  ] as const)("AzureOpenAI %s falls over to an endpoint that is not Azure", async ([, optionsFor]) => {
    await using azure = await startHostileProvider({ keys: ["az-key"], models: ["corp"] })
    await using openai = await startHostileProvider({ keys: ["sk-key"] })
    await using pipeline = over(azure, openai)
    const client = new sdk.AzureOpenAI(withPipeline(pipeline, optionsFor(azure)))
    await client.chat.completions.create(question)
    expect(only(azure)).toMatchObject({
      path: "/openai/deployments/corp/chat/completions",
      query: { "api-version": apiVersion },
      key: "az-key",
    })
    azure.inject({ kind: "error", error: "unavailable" })
    await client.chat.completions.create(question)
    const request = only(openai)
    expect(request).toMatchObject({ path: "/v1/chat/completions", query: {}, key: "sk-key", model: "gpt-4o" })
    expect(request.headers).not.toHaveProperty("api-key")
  })

  test("AzureOpenAI's deployment stands for the model", async () => {
    await using azure = await startHostileProvider({ keys: ["az-key"], models: ["corp"] })
    await using openai = await startHostileProvider()
    await using pipeline = over(azure, openai)
    const client = new sdk.AzureOpenAI(withPipeline(pipeline, { apiVersion, deployment: "gpt-4o" }))
    await client.embeddings.create({ model: "", input: "a", encoding_format: "float" }).catch(() => {})
    expect(azure.requests[0]?.path).toBe("/openai/deployments/corp/embeddings")
  })

  test("paths of Azure that belong to no deployment are read too", async () => {
    await using azure = await startHostileProvider({ keys: ["az-key"] })
    await using openai = await startHostileProvider({ keys: ["sk-key"] })
    azure.inject({ kind: "error", error: "unavailable" })
    await using pipeline = over(azure, openai)
    const client = new sdk.AzureOpenAI(withPipeline(pipeline, { apiVersion }))
    expect((await client.responses.create({ model: "gpt-4o", input: "Why?" })).output_text).toMatch(/\w/)
    expect(azure.requests[0]?.path).toBe("/openai/responses")
    expect(only(openai).path).toBe("/v1/responses")
  })
})
