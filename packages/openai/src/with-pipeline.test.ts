import { createPipeline, PipelineError } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { withPipeline } from "./with-pipeline.ts"

const pipeline = createPipeline({
  endpoints: [
    { id: "primary", baseURL: "https://primary.test/v1", key: "sk-primary" },
    {
      id: "azure",
      baseURL: "https://corp.azure.test",
      key: "az",
      provider: "azure",
      apiVersion: "2024-10-21",
    },
  ],
})

function faultsOf(options: object): readonly string[] {
  try {
    withPipeline(pipeline, options)
    return []
  } catch (error) {
    return PipelineError.is(error, "invalid-options") ? (error.faults ?? []) : [String(error)]
  }
}

describe("options for a client over a pipeline", () => {
  test("the pipeline supplies what it decides, with the SDK's retries off", () => {
    const options = withPipeline(pipeline)
    expect(options.maxRetries).toBe(0)
    expect(options.apiKey).not.toBe("")
    expect(pipeline.route(`${options.baseURL}/models`)).toEqual({ path: "/models" })
    expect(pipeline.route(`${options.baseURL}/deployments/gpt-4o/chat/completions?api-version=1`)).toEqual({
      path: "/chat/completions",
      model: "gpt-4o",
    })
  })

  test("everything else goes to the client as it is", () => {
    const defaultHeaders = { "x-team": "search" }
    expect(
      withPipeline(pipeline, { defaultHeaders, timeout: 5_000, maxRetries: 0, apiKey: undefined }),
    ).toMatchObject({
      defaultHeaders,
      timeout: 5_000,
    })
  })

  test.for([
    ["apiKey", "sk-mine", "its endpoint"],
    ["apiKey", async () => "sk-mine", "a function that fetches one"],
    ["adminAPIKey", "sk-admin", "its endpoint"],
    ["azureADTokenProvider", async () => "token", "its endpoint"],
    ["baseURL", "https://mine.test/v1", "an endpoint of the pipeline"],
    ["provider", {}, "an endpoint of the pipeline"],
    ["fetch", globalThis.fetch, "its `fetch`"],
    ["maxRetries", 2, "`attempts`"],
    ["organization", "org-1", "`openai-organization`"],
    ["project", "proj-1", "`openai-project`"],
  ] as const)("%s given to the client is refused with the place it belongs to", ([name, value, place]) => {
    const faults = faultsOf({ [name]: value })
    expect(faults).toEqual([expect.stringContaining(place)])
    expect(faults[0]).toMatch(new RegExp(`^${name} `))
  })

  test("all faults are told at once, and no value is shown", () => {
    const faults = faultsOf({ apiKey: "sk-secret", baseURL: "https://mine.test", timeout: -1 })
    expect(faults).toHaveLength(3)
    expect(faults.join()).not.toContain("sk-secret")
  })

  test.for([0, -5, Number.NaN, Infinity, "10s"])("a timeout of %s is refused", (timeout) => {
    expect(faultsOf({ timeout })).toEqual([expect.stringMatching(/^timeout must be/)])
  })

  test("Azure's endpoint may stay when the pipeline has it, and leaves the options", () => {
    const azure = { endpoint: "https://corp.azure.test/", apiVersion: "2024-10-21", deployment: "gpt-4o" }
    const options = withPipeline(pipeline, azure)
    expect(options).toMatchObject({ apiVersion: "2024-10-21", deployment: "gpt-4o" })
    expect(options).not.toHaveProperty("endpoint")
  })

  test.for(["https://other.azure.test/", "corp.azure.test", "", 7])(
    "the Azure endpoint %s is refused",
    (endpoint) => {
      expect(faultsOf({ endpoint })).toEqual([expect.stringMatching(/^endpoint /)])
    },
  )

  test("options that come from here may be given again", () => {
    const once = withPipeline(pipeline, { timeout: 5_000 })
    expect(withPipeline(pipeline, once)).toMatchObject({ timeout: 5_000, maxRetries: 0 })
  })

  test("the warning about repeats goes to the client's logger, unless it is to be quiet", async () => {
    const warnings: string[] = []
    const logger = { warn: (sentence: string) => void warnings.push(sentence) }
    const silent = createPipeline({
      endpoints: [{ id: "primary", baseURL: "https://primary.test/v1" }],
      fetch: async () => new Response('{"data":[]}', { headers: { "content-type": "application/json" } }),
    })
    const repeated = { headers: { "x-stainless-retry-count": "1" } }
    await withPipeline(silent, { logger, logLevel: "error" }).fetch("/models", repeated)
    expect(warnings).toEqual([])
    await withPipeline(silent, { logger }).fetch("/models", repeated)
    expect(warnings).toHaveLength(1)
  })
})
