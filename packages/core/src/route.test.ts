import { describe, expect, test } from "vitest"
import { endpoint } from "../test/pipelines.ts"
import { createEndpoint } from "./endpoint.ts"
import { createRouteReader, placeholderBaseURL } from "./route.ts"

const readerOf = (...baseURLs: readonly string[]) =>
  createRouteReader(
    baseURLs.map((baseURL, place) => createEndpoint(endpoint(`e${place}`, { baseURL }), place)),
  )

const route = readerOf(
  "https://a.example/v1",
  "https://b.example/v1/",
  "https://c.example",
  "https://c.example/deep/v1",
  "https://res.openai.azure.com",
)

describe("a route", () => {
  test.each([
    ["/chat/completions", "/chat/completions"],
    ["/files?after=x&limit=2", "/files?after=x&limit=2"],
    [`${placeholderBaseURL}/chat/completions`, "/chat/completions"],
    [`${placeholderBaseURL}/files/f-1/content`, "/files/f-1/content"],
    ["https://a.example/v1/chat/completions", "/chat/completions"],
    ["https://a.example:443/v1/models?x=1", "/models?x=1"],
    ["HTTPS://A.EXAMPLE/v1/models", "/models"],
    ["https://b.example/v1/embeddings", "/embeddings"],
    ["https://c.example/responses", "/responses"],
    ["https://c.example/deep/v1/responses", "/responses"],
    ["https://a.example/v1/models/a%2Fb", "/models/a%2Fb"],
    ["https://a.example/v1/models/../files", "/files"],
    ["https://a.example/v1/models#part", "/models"],
  ])("of %s is what stands below the base URL", (address, path) => {
    expect(route(address)).toEqual({ path })
    expect(route(new URL(address, `${placeholderBaseURL}/`))).toEqual({ path })
  })

  test.each([
    "https://a.example/v1x/chat/completions",
    "https://a.example/v2/chat/completions",
    "https://a.example/chat/completions",
    "https://a.example.evil.example/v1/models",
    "https://evil.example/v1/models",
    "http://a.example/v1/models",
    "https://a.example:8443/v1/models",
    "https://a.example@evil.example/v1/models",
    "//evil.example/v1/models",
    "chat/completions",
    "data:,",
    "not a url",
    "",
  ])("of the foreign %j is none", (address) => {
    expect(route(address)).toBeUndefined()
  })

  test.each([
    "https://a.example/v1//chat/completions",
    "https://b.example/v1//chat/completions",
    `${placeholderBaseURL}//chat/completions`,
    "https://res.openai.azure.com//openai/deployments/m/chat/completions?api-version=1",
  ])("of %s survives the doubled slash of a base URL with a trailing one", (address) => {
    expect(route(address)?.path).toBe("/chat/completions")
  })

  test.each([
    [
      "https://res.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
      "gpt-4o",
    ],
    ["https://res.openai.azure.com/openai/deployments/my%20model/chat/completions", "my model"],
    [`${placeholderBaseURL}/openai/deployments/m/chat/completions`, "m"],
    ["/openai/deployments/m/chat/completions?api-version=1", "m"],
    ["/openai/deployments/100%/chat/completions", "100%"],
  ])("of %s takes the model out of Azure's address", (address, model) => {
    expect(route(address)).toEqual({ path: "/chat/completions", model })
  })

  test("drops Azure's api-version and keeps what else is asked for", () => {
    expect(route("https://res.openai.azure.com/openai/files?api-version=1&purpose=a%20b&x=")).toEqual({
      path: "/files?purpose=a+b&x=",
    })
    expect(route("https://res.openai.azure.com/openai/v1/models")).toEqual({ path: "/models" })
  })

  test("leaves a query as it is written where there is no api-version", () => {
    expect(route("/files?include[]=a%20b&x=+")?.path).toBe("/files?include[]=a%20b&x=+")
  })

  test("of the base URL itself is the root", () => {
    expect(route("https://a.example/v1")).toEqual({ path: "/" })
    expect(route("https://a.example/v1/")).toEqual({ path: "/" })
  })
})
