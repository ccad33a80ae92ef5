import { hedge } from "@bellwether/hedge"
import { otel } from "@bellwether/otel"
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base"
import * as sdk from "openai"
import { describe, expect, test } from "vitest"
import { only, question, setUp } from "../openai/stage.ts"
import { startTelemetry } from "./telemetry.ts"

const streamed = { ...question, stream: true, stream_options: { include_usage: true } } as const
const down = { kind: "error", error: "server-error" } as const

/** The span of the call among others, and those of its attempts in the order they began. */
function sorted(spans: readonly ReadableSpan[]) {
  const root = spans.find(({ name }) => name === "chat gpt-4o")
  if (root === undefined) throw new Error("There is no span of a call.")
  const { spanId } = root.spanContext()
  return { root, attempts: spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === spanId) }
}

const secondsOf = ({ duration: [seconds, nanos] }: ReadableSpan): number => seconds + nanos / 1e9

describe("the SDK over a pipeline that tells OpenTelemetry", () => {
  test("a call that fails over is a child of its caller's span, with a child for each of its attempts", async () => {
    using telemetry = startTelemetry()
    await using stage = await setUp(sdk, { faults: [down], pipeline: { use: [otel()], attempts: 2 } })
    const completion = await telemetry.within("service", () => stage.client.chat.completions.create(question))
    const [service] = telemetry.spans()
    const { root, attempts } = sorted(telemetry.spans())
    expect(telemetry.spans()).toHaveLength(4)
    expect(root.parentSpanContext?.spanId).toBe(service!.spanContext().spanId)
    const { usage } = completion
    expect(root).toMatchObject({
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.id": completion.id,
        "gen_ai.response.model": completion.model,
        "gen_ai.response.finish_reasons": [completion.choices[0]!.finish_reason],
        "gen_ai.usage.input_tokens": usage!.prompt_tokens,
        "gen_ai.usage.output_tokens": usage!.completion_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage!.prompt_tokens_details!.cached_tokens,
        "gen_ai.usage.reasoning.output_tokens": usage!.completion_tokens_details!.reasoning_tokens,
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(stage.fallback.baseURL).port),
        "bellwether.attempts": 2,
      },
    })
    expect(root.events.find(({ name }) => name === "bellwether.failover")?.attributes).toEqual({
      "bellwether.from": "primary/key-1",
      "bellwether.to": "fallback/key-1",
      "bellwether.reason": "server-error",
    })
    expect(attempts).toMatchObject([
      {
        name: "attempt primary",
        status: { code: SpanStatusCode.ERROR },
        attributes: { "http.response.status_code": 500, "error.type": "server-error" },
      },
      {
        name: "attempt fallback",
        status: { code: SpanStatusCode.UNSET },
        attributes: {
          "http.response.status_code": 200,
          "http.request.resend_count": 1,
          "gen_ai.response.id": completion.id,
          "server.port": Number(new URL(stage.fallback.baseURL).port),
        },
      },
    ])
  })

  test("a stream tells when its first chunk came, and ends with its body", async () => {
    using telemetry = startTelemetry()
    await using stage = await setUp(sdk, { pipeline: { use: [otel()] } })
    let id = ""
    for await (const chunk of await stage.client.chat.completions.create(streamed)) {
      id = chunk.id
      expect(telemetry.spans()).toEqual([])
    }
    const { root, attempts } = sorted(telemetry.spans())
    expect(root.attributes).toMatchObject({
      "gen_ai.request.stream": true,
      "gen_ai.response.id": id,
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.usage.output_tokens": expect.any(Number),
    })
    for (const span of [root, ...attempts]) {
      const first = Number(span.attributes["gen_ai.response.time_to_first_chunk"])
      expect(first).toBeGreaterThan(0)
      expect(first).toBeLessThanOrEqual(secondsOf(span))
    }
  })

  test("a stream that is cut after its first content is an error, with as much as it told of itself", async () => {
    using telemetry = startTelemetry()
    const faults = [{ kind: "stream-cut", afterContent: 3 }] as const
    await using stage = await setUp(sdk, { faults, pipeline: { use: [otel()] } })
    const read = async (): Promise<void> => {
      for await (const chunk of await stage.client.chat.completions.create(streamed))
        expect(chunk).toBeDefined()
    }
    await expect(read()).rejects.toThrow("before it was complete")
    const { root, attempts } = sorted(telemetry.spans())
    expect(attempts).toHaveLength(1)
    for (const span of [root, ...attempts]) {
      expect(span).toMatchObject({
        status: { code: SpanStatusCode.ERROR, message: "stream-cut" },
        attributes: { "error.type": "broken-response", "gen_ai.response.model": "gpt-4o" },
      })
      expect(span.attributes).not.toHaveProperty("gen_ai.response.finish_reasons")
    }
    expect(root.attributes).toMatchObject({
      "gen_ai.usage.output_tokens": expect.any(Number),
      "bellwether.usage.estimated": true,
    })
  })

  test("a call that is given up says so, and is no error", async () => {
    using telemetry = startTelemetry()
    const faults = [{ kind: "black-hole" }] as const
    await using stage = await setUp(sdk, { faults, isSole: true, pipeline: { use: [otel()] } })
    const caller = new AbortController()
    const asked = stage.client.chat.completions.create(question, { signal: caller.signal })
    await stage.primary.until(({ requests }) => requests.length === 1)
    caller.abort()
    await expect(asked).rejects.toBeInstanceOf(sdk.APIUserAbortError)
    const { root, attempts } = sorted(telemetry.spans())
    for (const span of [root, ...attempts])
      expect(span).toMatchObject({
        status: { code: SpanStatusCode.UNSET },
        attributes: { "error.type": "cancelled" },
      })
    expect(attempts[0]!.attributes).not.toHaveProperty("http.response.status_code")
  })

  test("the loser of a hedge is superseded, and what answered is the hedge", async () => {
    using telemetry = startTelemetry()
    const faults = [{ kind: "black-hole" }] as const
    const use = [otel(), hedge({ delayMs: 20, maxExtra: 1 })]
    await using stage = await setUp(sdk, { faults, pipeline: { use } })
    let id = ""
    for await (const chunk of await stage.client.chat.completions.create(streamed)) id = chunk.id
    const { root, attempts } = sorted(telemetry.spans())
    expect(root).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { "gen_ai.response.id": id, "bellwether.attempts": 2 },
    })
    expect(root.events.map(({ name }) => name)).not.toContain("bellwether.failover")
    expect(attempts).toMatchObject([
      { name: "attempt primary", attributes: { "error.type": "superseded" } },
      { name: "attempt fallback", attributes: { "bellwether.attempt.kind": "hedge" } },
    ])
    expect(attempts[0]!.status.code).toBe(SpanStatusCode.UNSET)
  })
})

describe("the trace", () => {
  test("goes to no provider unless asked for", async () => {
    using telemetry = startTelemetry()
    await using stage = await setUp(sdk, { pipeline: { use: [otel()] } })
    await telemetry.within("service", () => stage.client.chat.completions.create(question))
    const sent = Object.keys(only(stage.primary).headers)
    expect(sent.filter((name) => /^trace|^baggage|^b3/.test(name))).toEqual([])
  })

  test("goes to each provider when asked for, as that of its attempt", async () => {
    using telemetry = startTelemetry()
    const use = [otel({ propagate: true })]
    await using stage = await setUp(sdk, { faults: [down], pipeline: { use, attempts: 2 } })
    await telemetry.within("service", () => stage.client.chat.completions.create(question))
    const { root, attempts } = sorted(telemetry.spans())
    const { traceId } = root.spanContext()
    expect([stage.primary, stage.fallback].map((provider) => only(provider).headers["traceparent"])).toEqual(
      attempts.map((span) => `00-${traceId}-${span.spanContext().spanId}-01`),
    )
  })

  test("a fetch of one's own sees the span of its attempt as the active one", async () => {
    using telemetry = startTelemetry()
    const seen: (string | undefined)[] = []
    const fetch: typeof globalThis.fetch = (...sent) => {
      seen.push(trace.getActiveSpan()?.spanContext().spanId)
      return globalThis.fetch(...sent)
    }
    await using stage = await setUp(sdk, { faults: [down], pipeline: { use: [otel()], attempts: 2, fetch } })
    await stage.client.chat.completions.create(question)
    const { attempts } = sorted(telemetry.spans())
    expect(seen).toEqual(attempts.map((span) => span.spanContext().spanId))
  })
})
