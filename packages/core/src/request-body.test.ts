import { describe, expect, test } from "vitest"
import { createPipeline } from "./create-pipeline.ts"

const endpoints = [{ id: "primary", baseURL: "https://primary.test/v1" }]

/** A body that begins and never ends. */
const endless = () =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("--boundary")),
  })

describe("a body that is still being sent", () => {
  test("law 8: an abort does not wait for it", async () => {
    const controller = new AbortController()
    const pipeline = createPipeline({ endpoints, fetch: () => new Promise(() => {}) })
    const call = pipeline.call({ path: "/files", method: "POST", body: endless(), signal: controller.signal })
    controller.abort()
    await expect(call).resolves.toMatchObject({ ok: false, failure: { class: "cancelled" } })
  })

  test("law 1: the deadline does not wait for it", async () => {
    const pipeline = createPipeline({ endpoints, fetch: () => new Promise(() => {}) })
    const call = pipeline.call({ path: "/files", method: "POST", body: endless(), deadlineMs: 50 })
    await expect(call).resolves.toMatchObject({ ok: false, failure: { code: "deadline-exceeded" } })
  })
})
