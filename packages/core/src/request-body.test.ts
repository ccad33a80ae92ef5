import { describe, expect, test } from "vitest"
import { createPipeline } from "./create-pipeline.ts"
import type { Plugin } from "./plugin.ts"

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

  test("that is too large to keep is given up when the call ends without having sent it", async () => {
    let isGivenUp = false
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
      cancel: () => void (isGivenUp = true),
    })
    const door: Plugin = {
      name: "door",
      setup: () => ({ admit: { take: () => ({ status: "unavailable", reason: "the house is full" }) } }),
    }
    const pipeline = createPipeline({ endpoints, use: [door] })
    await expect(pipeline.call({ path: "/files", method: "POST", body })).resolves.toMatchObject({
      ok: false,
    })
    expect(isGivenUp).toBe(true)
  })

  test("law 1: the deadline does not wait for it", async () => {
    const pipeline = createPipeline({ endpoints, fetch: () => new Promise(() => {}) })
    const call = pipeline.call({ path: "/files", method: "POST", body: endless(), deadlineMs: 50 })
    await expect(call).resolves.toMatchObject({ ok: false, failure: { code: "deadline-exceeded" } })
  })
})
