import { expect, test } from "vitest"
import { endpoint, pipelineOver, refused } from "../test/pipelines.ts"

test("a network error in place of an answer is a provider that cannot be reached", async () => {
  const pipeline = pipelineOver({ fetch: async () => Response.error() })
  const result = refused(await pipeline.call({ path: "/models" }))
  expect(result.failure.class).toBe("unreachable")
  expect(result.toResponse().status).toBe(502)
})

test("headers of an endpoint that sound like a key are kept out of its errors", async () => {
  const secret = "relay-secret-0123456789"
  const pipeline = pipelineOver({
    endpoints: [endpoint("a", { headers: { "x-relay-key": secret, "x-region": "europe-west" } })],
    fetch: async () =>
      Response.json({ error: { message: `${secret} at europe-west failed` } }, { status: 500 }),
  })
  const text = await refused(await pipeline.call({ path: "/models" }))
    .toResponse()
    .text()
  expect(text).not.toContain(secret)
  expect(text).toContain("europe-west failed")
})
