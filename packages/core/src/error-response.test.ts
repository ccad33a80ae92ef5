import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { recording, reset } from "../test/answers.ts"
import { endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { plain } from "../test/streams.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { Plugin } from "./plugin.ts"
import type { Verdict } from "./verdict.ts"

const failing = async (answer: () => Response, more: Partial<PipelineOptions> = {}, path?: string) => {
  const { fetch } = recording(answer)
  return refused(await pipelineOver({ clock: virtualClock(), fetch, ...more }).call(plain(path)))
}

/** Says something of targets while a call is under way. */
const saying = (verdicts: Readonly<Record<string, Verdict>>): Plugin => ({
  name: "saying",
  setup({ board }) {
    for (const [id, verdict] of Object.entries(verdicts)) board.say({ endpoint: id }, verdict)
  },
})

const down = (untilMs: number): Verdict => ({ status: "unavailable", reason: "it is down", untilMs })

describe("a failure of ours as a response", () => {
  test("has the shape OpenAI's SDKs read, with the trail attached", async () => {
    const { failure, call, toResponse } = await failing(() => {
      throw reset()
    })
    const response = toResponse()
    expect(response.status).toBe(502)
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "application/json",
      "x-request-id": call.id,
      "x-should-retry": "false",
    })
    expect(await response.json()).toEqual({
      error: {
        message: failure.message,
        type: "server_error",
        code: failure.code,
        param: null,
        trail: call.trail,
      },
    })
  })

  test("has the shape Anthropic's SDKs read where the call spoke Anthropic", async () => {
    const { failure, toResponse } = await failing(
      () => {
        throw reset()
      },
      {},
      "/messages",
    )
    expect(await toResponse().json()).toMatchObject({
      type: "error",
      error: { type: "api_error", message: failure.message },
    })
  })

  test("can be made more than once", async () => {
    const { toResponse } = await failing(() => {
      throw reset()
    })
    expect(await toResponse().text()).toBe(await toResponse().text())
  })
})

describe("the Retry-After of a final error", () => {
  const limited = (headers: Record<string, string>) => () => new Response("{}", { status: 429, headers })

  test.each<[string, Record<string, string>, string]>([
    ["its own seconds", { "retry-after": "7" }, "7"],
    ["its own date", { "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT" }, "Thu, 01 Jan 2026 00:00:09 GMT"],
  ])("keeps %s as the provider wrote it", async (_, headers, expected) => {
    const { toResponse } = await failing(limited(headers))
    expect(toResponse().headers.get("retry-after")).toBe(expected)
  })

  test("is made of the provider's milliseconds where it gave only these", async () => {
    const { failure, error, toResponse } = await failing(limited({ "retry-after-ms": "1500" }))
    expect(failure.retryAfterMs).toBe(1500)
    expect(error.retryAfterMs).toBe(1500)
    expect(toResponse().headers.get("retry-after")).toBe("2")
    expect(toResponse().headers.get("retry-after-ms")).toBe("1500")
  })

  test("is when the first target is back, where the provider said nothing", async () => {
    const { failure, toResponse } = await failing(() => new Response("", { status: 500 }), {
      endpoints: [endpoint("a"), endpoint("b")],
      use: [saying({ a: down(20_000), b: down(5000) }), failover],
    })
    expect(failure.retryAfterMs).toBe(5000)
    expect(toResponse().headers.get("retry-after")).toBe("5")
  })

  test("is not there while a target takes calls, or when nobody knows", async () => {
    const endpoints = [endpoint("a"), endpoint("b")]
    for (const use of [
      [saying({ a: down(20_000) })],
      [saying({ a: { status: "unavailable", reason: "?" }, b: { status: "unavailable", reason: "?" } })],
    ]) {
      const { failure, toResponse } = await failing(() => new Response("", { status: 500 }), {
        endpoints,
        use,
      })
      expect(failure.retryAfterMs).toBeUndefined()
      expect(toResponse().headers.has("retry-after")).toBe(false)
    }
  })
})

describe("a provider's own error response", () => {
  test("goes to the caller as it came, but for what is no longer true", async () => {
    const headers = {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "content-length": "999",
      "x-request-id": "r-1",
      "x-should-retry": "true",
      "x-ratelimit-remaining-requests": "0",
    }
    const { toResponse } = await failing(() => new Response(`{"error":{}}`, { status: 500, headers }))
    expect(Object.fromEntries(toResponse().headers)).toEqual({
      "content-type": "application/json",
      "x-request-id": "r-1",
      "x-should-retry": "false",
      "x-ratelimit-remaining-requests": "0",
    })
    expect(await toResponse().text()).toBe(`{"error":{}}`)
  })

  test("keeps bytes that are no text", async () => {
    const raw = Uint8Array.of(0xff, 0xfe, 0x00, 0x80)
    const { toResponse } = await failing(() => new Response(raw, { status: 500 }))
    expect(new Uint8Array(await toResponse().arrayBuffer())).toEqual(raw)
  })
})
