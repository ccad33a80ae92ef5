import { createPipeline, PipelineError } from "@bellwether/core"
import { withPipeline } from "@bellwether/openai"
import * as openai7 from "openai"
import * as openai5 from "openai5"
import * as openai6 from "openai6"
import { describe, expect, test } from "vitest"

const pipeline = createPipeline({ endpoints: [{ id: "primary", baseURL: "https://primary.test/v1" }] })

// Every version with its own types: what counts here is that the compiler accepts each line.
describe("options from withPipeline fit the constructors", () => {
  test("of openai 5", () => {
    const options: openai5.ClientOptions = { defaultHeaders: { "x-team": "search" }, timeout: 5_000 }
    const clients = [
      new openai5.OpenAI(withPipeline(pipeline)),
      new openai5.OpenAI(withPipeline(pipeline, { logLevel: "warn", fetchOptions: { keepalive: true } })),
      new openai5.OpenAI(withPipeline(pipeline, options)),
      new openai5.AzureOpenAI(withPipeline(pipeline, { apiVersion: "2024-10-21" })),
    ]
    expect(clients.map(({ maxRetries }) => maxRetries)).toEqual([0, 0, 0, 0])
  })

  test("of openai 6", () => {
    const options: openai6.ClientOptions = { defaultQuery: { a: "b" }, timeout: 5_000 }
    const clients = [
      new openai6.OpenAI(withPipeline(pipeline)),
      new openai6.OpenAI(withPipeline(pipeline, { logLevel: "warn", fetchOptions: { keepalive: true } })),
      new openai6.OpenAI(withPipeline(pipeline, options)),
      new openai6.AzureOpenAI(withPipeline(pipeline, { apiVersion: "2024-10-21" })),
    ]
    expect(clients.map(({ maxRetries }) => maxRetries)).toEqual([0, 0, 0, 0])
  })

  test("of openai 7", () => {
    const options: openai7.ClientOptions = { logger: console, timeout: 5_000 }
    const clients = [
      new openai7.OpenAI(withPipeline(pipeline)),
      new openai7.OpenAI(withPipeline(pipeline, { logLevel: "warn", fetchOptions: { keepalive: true } })),
      new openai7.OpenAI(withPipeline(pipeline, options)),
      new openai7.AzureOpenAI(withPipeline(pipeline, { apiVersion: "2024-10-21" })),
    ]
    expect(clients.map(({ maxRetries }) => maxRetries)).toEqual([0, 0, 0, 0])
  })

  test("and an option that cannot be obeyed is refused", () => {
    const options: openai7.ClientOptions = { apiKey: "sk-mine" }
    expect(() => withPipeline(pipeline, options)).toThrow(PipelineError)
  })
})
