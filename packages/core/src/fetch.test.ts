import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, recording, silent } from "../test/answers.ts"
import { pipelineOver } from "../test/pipelines.ts"
import { chatAnswer } from "../test/streams.ts"
import { PipelineError } from "./pipeline-error.ts"

const answering = () => {
  const { fetch, requests } = recording(() => Response.json(chatAnswer))
  return { pipeline: pipelineOver({ clock: virtualClock(), fetch }), requests }
}

const json = `{"model":"m"}`
const url = "https://a.example/v1/chat/completions"

describe("fetch", () => {
  test.each<[string, string | URL | Request]>([
    ["a path", "/chat/completions"],
    ["a text", url],
    ["a URL", new URL(url)],
    ["a request", new Request(url)],
  ])("takes %s", async (_, input) => {
    const { pipeline, requests } = answering()
    const response = await pipeline.fetch(input, { method: "POST", body: json })
    expect(await response.json()).toEqual(chatAnswer)
    expect(requests[0]).toMatchObject({ url, init: { method: "POST", body: json } })
  })

  test("refuses what belongs to nobody here: nothing is sent", async () => {
    const { pipeline, requests } = answering()
    const error: unknown = await pipeline
      .fetch("https://evil.example/v1/models")
      .catch((thrown: unknown) => thrown)
    expect(PipelineError.is(error, "foreign-url")).toBe(true)
    expect(requests).toHaveLength(0)
  })

  test("lets an init overrule a request, part by part, as fetch does", async () => {
    const { pipeline, requests } = answering()
    const controller = new AbortController()
    const request = new Request(url, {
      method: "POST",
      body: json,
      headers: { "x-tag": "request" },
      signal: controller.signal,
    })
    await pipeline.fetch(request, {
      headers: { "x-tag": "init" },
      method: undefined as never,
      body: undefined as never,
    })
    expect(requests[0]?.init.method).toBe("POST")
    expect(requests[0]?.headers.get("x-tag")).toBe("init")
    expect(new TextDecoder().decode(requests[0]?.init.body as Uint8Array)).toBe(json)
  })

  test("heeds the signal of a request, also beside an init without one", async () => {
    const controller = new AbortController()
    const { fetch, requests } = recording(silent)
    const pipeline = pipelineOver({ clock: virtualClock(), fetch })
    const request = new Request(url, { signal: controller.signal })
    const calls = [pipeline.fetch(request), pipeline.fetch(request, { signal: undefined as never })]
    const settled = Promise.allSettled(calls)
    await Promise.resolve()
    controller.abort(new Error("enough"))
    expect(await settled).toMatchObject([{ reason: new Error("enough") }, { reason: new Error("enough") }])
    expect(requests.every(({ signal }) => signal.aborted)).toBe(true)
  })

  test("gives the provider's own error as a response, and throws ours", async () => {
    const refusing = pipelineOver({
      clock: virtualClock(),
      fetch: async () => new Response("no", { status: 403 }),
    })
    const response = await refusing.fetch("/models")
    expect([response.status, await response.text()]).toEqual([403, "no"])

    const silentOnes = pipelineOver({
      clock: virtualClock(),
      fetch: async () => {
        throw new TypeError("fetch failed")
      },
    })
    await expect(silentOnes.fetch("/models")).rejects.toMatchObject({
      name: "PipelineError",
      status: 502,
      cause: new TypeError("fetch failed"),
      trail: [{ step: "attempt-started" }, { step: "attempt-failed" }],
    })
  })

  test("throws what is wrong with the caller's body", async () => {
    const { pipeline, requests } = answering()
    const body = chunked([bytes("{")], "breaks")
    await expect(pipeline.fetch("/chat/completions", { method: "POST", body })).rejects.toThrow("terminated")
    expect(requests).toHaveLength(0)
  })

  test("needs no receiver", async () => {
    const { fetch } = answering().pipeline
    expect((await fetch("/models")).status).toBe(200)
  })
})
