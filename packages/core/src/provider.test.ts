import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { recording } from "../test/answers.ts"
import { endpoint, keyless, pipelineOver } from "../test/pipelines.ts"
import { chatAnswer, plain } from "../test/streams.ts"
import type { EndpointOptions } from "./endpoint.ts"
import type { CallInput } from "./read-request.ts"

/** What one endpoint is sent for a call. */
async function sent(options: Partial<EndpointOptions>, input: CallInput = plain()) {
  const { fetch, requests } = recording(() => Response.json(chatAnswer))
  await pipelineOver({ clock: virtualClock(), endpoints: [endpoint("a", options)], fetch }).call(input)
  const request = requests[0]!
  const { url, init, headers } = request
  return { url, method: init.method, body: init.body, headers: Object.fromEntries(headers) }
}

const bodyOf = (value: unknown): Partial<CallInput> => ({ body: JSON.stringify(value) })

describe("an OpenAI endpoint", () => {
  test("is addressed below its base URL with a bearer key", async () => {
    expect(await sent({ baseURL: "https://a.example/v1/" }, plain("/chat/completions?x=1"))).toMatchObject({
      url: "https://a.example/v1/chat/completions?x=1",
      method: "POST",
      headers: { authorization: "Bearer sk-a" },
    })
  })

  test("without a key is sent no authorization", async () => {
    const { fetch, requests } = recording(() => Response.json(chatAnswer))
    await pipelineOver({ clock: virtualClock(), endpoints: [keyless("a")], fetch }).call(plain())
    expect([...requests[0]!.headers]).toEqual([])
  })

  test("is sent its own headers over the caller's", async () => {
    const { headers } = await sent(
      { headers: { "OpenAI-Organization": "org-ours", "X-Tier": "gold" } },
      plain(undefined, { headers: { "x-tier": "lead", "x-other": "kept", "openai-organization": "theirs" } }),
    )
    expect(headers).toMatchObject({ "openai-organization": "org-ours", "x-tier": "gold", "x-other": "kept" })
  })
})

describe("an Anthropic endpoint", () => {
  const anthropic = { provider: "anthropic", baseURL: "https://a.example/v1" } as const

  test("is sent its key and a version", async () => {
    expect(await sent(anthropic, plain("/messages"))).toMatchObject({
      url: "https://a.example/v1/messages",
      headers: { "x-api-key": "sk-a", "anthropic-version": "2023-06-01" },
    })
  })

  test("is sent the version that the caller or the endpoint asks for", async () => {
    const newer = { "anthropic-version": "2030-01-01" }
    expect((await sent(anthropic, plain("/messages", { headers: newer }))).headers).toMatchObject(newer)
    expect((await sent({ ...anthropic, headers: newer }, plain("/messages"))).headers).toMatchObject(newer)
  })
})

describe("an Azure endpoint", () => {
  const azure = {
    provider: "azure",
    baseURL: "https://res.openai.azure.com",
    apiVersion: "2024-10-21",
  } as const

  test.each([
    [azure.baseURL, "/chat/completions", "/openai/deployments/m/chat/completions?api-version=2024-10-21"],
    [`${azure.baseURL}/`, "/embeddings", "/openai/deployments/m/embeddings?api-version=2024-10-21"],
    [`${azure.baseURL}/openai`, "/responses", "/openai/responses?api-version=2024-10-21"],
    [azure.baseURL, "/files?limit=2", "/openai/files?limit=2&api-version=2024-10-21"],
  ])("at %s is asked for %s at %s", async (baseURL, path, expected) => {
    const { url, headers } = await sent({ ...azure, baseURL }, plain(path))
    expect(url).toBe(azure.baseURL + expected)
    expect(headers).toEqual({ "api-key": "sk-a" })
  })

  test("is asked for the deployment its own name of the model says", async () => {
    const { url, body } = await sent({ ...azure, models: { m: "my deployment" } })
    expect(url).toContain("/deployments/my%20deployment/")
    expect(JSON.parse(body as string)).toEqual({ model: "my deployment" })
  })

  test("without an api-version is addressed like OpenAI, with Azure's key header", async () => {
    const { url, headers } = await sent({ provider: "azure", baseURL: `${azure.baseURL}/openai/v1` })
    expect(url).toBe(`${azure.baseURL}/openai/v1/chat/completions`)
    expect(headers).toEqual({ "api-key": "sk-a" })
  })

  test("gets the model that another Azure address named", async () => {
    const { url } = await sent(azure, { ...plain("/chat/completions", { model: "m" }), body: "{}" })
    expect(url).toContain("/deployments/m/chat/completions")
  })
})

describe("a provider of one's own", () => {
  test("writes the address and the authorization", async () => {
    const provider = {
      name: "own",
      url: ({
        baseURL,
        path,
        query,
        model,
      }: {
        baseURL: string
        path: string
        query: string
        model?: unknown
      }) => `${baseURL}/${String(model)}${path}${query}`,
      authorize: (key: string) => ({ "x-goog-api-key": key }),
    }
    expect(await sent({ provider }, plain("/chat/completions?y=2"))).toMatchObject({
      url: "https://a.example/v1/m/chat/completions?y=2",
      headers: { "x-goog-api-key": "sk-a" },
    })
  })
})

describe("the model", () => {
  const models = { m: "vendor/m-large", "dall-e": "flux" }

  test("is renamed in a text, every other byte as it was", async () => {
    const written = `{ "messages": [{"model":"m"}],  "model" : "m", "n": 1.0 }`
    const { body } = await sent({ models }, plain(undefined, { body: written }))
    expect(body).toBe(written.replace(`"model" : "m"`, `"model" : "vendor/m-large"`))
  })

  test("is renamed in bytes", async () => {
    const { body } = await sent(
      { models },
      plain(undefined, { body: new TextEncoder().encode(`{"model":"m","ü":1}`) }),
    )
    expect(new TextDecoder().decode(body as Uint8Array)).toBe(`{"model":"vendor/m-large","ü":1}`)
  })

  test("is renamed in a form, files and all", async () => {
    const form = new FormData()
    form.append("prompt", "a sheep")
    form.append("model", "dall-e")
    form.append("image", new File(["png"], "sheep.png", { type: "image/png" }))
    const { body } = await sent({ models }, { method: "POST", path: "/images/edits", body: form })
    const copy = body as FormData
    expect([...copy.keys()]).toEqual(["prompt", "model", "image"])
    expect(copy.get("model")).toBe("flux")
    expect(copy.get("image")).toMatchObject({ name: "sheep.png", type: "image/png", size: 3 })
    expect(form.get("model")).toBe("dall-e")
  })

  test.each(["other", "constructor", "toString", "__proto__"])(
    "%s that has no other name goes as it is",
    async (model) => {
      const written = JSON.stringify({ model })
      expect((await sent({ models }, plain(undefined, bodyOf({ model })))).body).toBe(written)
    },
  )
})
