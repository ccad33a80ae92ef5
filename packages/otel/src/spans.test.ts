import { Choice } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { context as api, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import type { HrTime } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { AlwaysOffSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"

const down = { kind: "status", status: 500 } as const
const milliseconds = ([seconds, nanos]: HrTime): number => seconds * 1_000 + nanos / 1e6

describe("a call that is answered", () => {
  test("is one span by the GenAI conventions, with a child for its attempt", async () => {
    const { ask, spans } = stageOf({ primary: ["Hello."] })
    const { call } = await ask()
    const [root, attempt, ...more] = spans()
    expect(more).toEqual([])
    expect(root).toMatchObject({
      name: "chat gpt-4o",
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.id": expect.stringMatching(/^chatcmpl-/),
        "gen_ai.response.model": "gpt-4o",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": expect.any(Number),
        "gen_ai.usage.output_tokens": expect.any(Number),
        "server.address": "api.openai.com",
        "server.port": 443,
        "bellwether.call.id": call.id,
        "bellwether.attempts": 1,
      },
      events: [],
    })
    expect(attempt).toMatchObject({
      name: "attempt primary",
      kind: SpanKind.CLIENT,
      parentSpanContext: root!.spanContext(),
      attributes: {
        "bellwether.target": "primary/key-1",
        "bellwether.attempt.kind": "first",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o",
        "bellwether.usage.input_tokens": root!.attributes["gen_ai.usage.input_tokens"],
        "bellwether.usage.output_tokens": root!.attributes["gen_ai.usage.output_tokens"],
        "http.response.status_code": 200,
        "server.address": "api.openai.com",
      },
    })
    expect(root!.attributes).not.toHaveProperty("gen_ai.request.stream")
    expect(attempt!.attributes).not.toHaveProperty("http.request.resend_count")
    const ofAttempt = Object.keys(attempt!.attributes)
    expect(
      ofAttempt.filter((name) => name.startsWith("gen_ai.usage")),
      "or who sums them counts twice",
    ).toEqual([])
  })

  test("spans from its start to the end of its body, in the time of the pipeline", async () => {
    const { clock, ask, spans } = stageOf({ primary: ["One two three four five."] })
    await clock.advance(1_234.5)
    const startedAtMs = clock.now()
    await ask({ stream: true })
    const [root, attempt] = spans()
    expect(milliseconds(root!.startTime)).toBeCloseTo(Date.UTC(2026, 0) + startedAtMs, 3)
    expect(milliseconds(root!.endTime)).toBeCloseTo(Date.UTC(2026, 0) + clock.now(), 3)
    expect(attempt!.endTime).toEqual(root!.endTime)
    expect(root!.attributes["gen_ai.request.stream"]).toBe(true)
    const first = Number(root!.attributes["gen_ai.response.time_to_first_chunk"])
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(milliseconds(root!.duration) / 1_000)
  })

  test("by another target tells of the failover, and what the first attempt failed with", async () => {
    const { ask, spans } = stageOf({ primary: [down] })
    await ask()
    const [root, failed, answered] = spans()
    expect(root!.events).toMatchObject([
      {
        name: "bellwether.failover",
        attributes: {
          "bellwether.from": "primary/key-1",
          "bellwether.to": "backup/key-1",
          "bellwether.reason": "server-error",
        },
      },
    ])
    expect(root).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { "bellwether.attempts": 2, "server.address": "relay.test", "server.port": 8443 },
    })
    expect(failed).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: "server-error" },
      attributes: { "error.type": "server-error", "http.response.status_code": 500 },
    })
    expect(answered).toMatchObject({ attributes: { "http.request.resend_count": 1 } })
    expect(answered!.attributes).not.toHaveProperty("error.type")
  })
})

test("a call that fails is an error, with its class and code", async () => {
  const { ask, spans } = stageOf({ primary: [down], backup: [down] })
  await ask()
  expect(spans()).toHaveLength(3)
  expect(spans()[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR, message: "server-error" },
    attributes: { "error.type": "server-error" },
  })
})

test("a call that is given up is none, but says so", async () => {
  const { clock, ask, spans } = stageOf({ primary: [{ kind: "black-hole" }] })
  const caller = new AbortController()
  clock.after(500, () => caller.abort())
  await ask({}, caller.signal)
  for (const span of spans())
    expect(span).toMatchObject({
      status: { code: SpanStatusCode.UNSET },
      attributes: { "error.type": "cancelled" },
    })
  expect(spans()).toHaveLength(2)
})

test("the loser of a hedge ends with its race: no error, and no failover of the call", async () => {
  const racer: Plugin = {
    name: "racer",
    setup: () => ({
      async call(request, next, context) {
        const [slow, fast] = context.candidates.map((target) => ({ target, branch: context.branch() }))
        const late = next(request, slow!.branch.context.with(Choice, { target: slow!.target, kind: "first" }))
        const hedge = { target: fast!.target, kind: "hedge" } as const
        const answer = await next(request, fast!.branch.context.with(Choice, hedge))
        slow!.branch.cancel("superseded")
        await late
        return answer
      },
    }),
  }
  const { ask, spans } = stageOf({ primary: [{ kind: "black-hole" }], use: [racer] })
  expect((await ask()).ok).toBe(true)
  const [root, winner, loser] = spans()
  expect(root!.events).toEqual([])
  expect(loser).toMatchObject({
    name: "attempt primary",
    status: { code: SpanStatusCode.UNSET },
    attributes: { "error.type": "superseded" },
  })
  expect(winner).toMatchObject({ name: "attempt backup", attributes: { "bellwether.attempt.kind": "hedge" } })
})

test("waits, refusals and changes of the model are events of the call, at their time", async () => {
  const teller: Plugin = {
    name: "teller",
    setup: ({ clock }) => ({
      async call(request, next, context) {
        const { call } = context
        call.note({ step: "target-skipped", target: "primary/key-1", reason: "its circuit is open" })
        call.note({ step: "model-changed", model: "gpt-4o-mini", reason: "overloaded" })
        call.note({ step: "call-refused", reason: "its budget is used up" })
        await clock.sleep(250, context.signal)
        call.note({ step: "waited", reason: "every target was resting", waitMs: 250 })
        return next(request, context.withModel("gpt-4o-mini"))
      },
      admit: {
        peek: () => ({ status: "available" }),
        take: ({ target }) =>
          target.endpoint === "primary" ? { status: "unavailable", reason: "it rests" } : undefined,
      },
    }),
  }
  const { ask, spans } = stageOf({ use: [teller] })
  await ask()
  const [root, attempt] = spans()
  const told = root!.events.map(({ name, time, attributes }) => [
    name,
    Math.round(milliseconds(time) - milliseconds(root!.startTime)),
    attributes,
  ])
  expect(told).toEqual([
    [
      "bellwether.target-skipped",
      0,
      { "bellwether.target": "primary/key-1", "bellwether.reason": "its circuit is open" },
    ],
    [
      "bellwether.model-changed",
      0,
      { "gen_ai.request.model": "gpt-4o-mini", "bellwether.reason": "overloaded" },
    ],
    ["bellwether.call-refused", 0, { "bellwether.reason": "its budget is used up" }],
    [
      "bellwether.waited",
      250,
      { "bellwether.wait.duration": 0.25, "bellwether.reason": "every target was resting" },
    ],
    [
      "bellwether.target-refused",
      250,
      { "bellwether.target": "primary/key-1", "bellwether.reason": "it rests" },
    ],
  ])
  expect(attempt!.attributes["gen_ai.request.model"]).toBe("gpt-4o-mini")
  expect(root!.attributes["gen_ai.request.model"]).toBe("gpt-4o")
})

test("an endpoint can be given the name of its provider", async () => {
  const { ask, spans } = stageOf({ primary: [down], options: { providers: { backup: "acme" } } })
  await ask()
  const named = spans().map(({ attributes }) => attributes["gen_ai.provider.name"])
  expect(named).toEqual(["acme", "openai", "acme"])
})

describe("the context", () => {
  beforeEach(() => api.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
  afterEach(() => api.disable())

  test("of whoever calls is the parent of the span, and each layer runs in the span it belongs to", async () => {
    const seen: (string | undefined)[] = []
    const see = () => seen.push(trace.getActiveSpan()?.spanContext().spanId)
    const watcher: Plugin = {
      name: "watcher",
      setup: () => ({
        call: (request, next, context) => (see(), next(request, context)),
        attempt: (request, next, context) => (see(), next(request, context)),
      }),
    }
    const { ask, spans } = stageOf({ use: [watcher] })
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 }
    await api.with(trace.setSpanContext(ROOT_CONTEXT, parent), () => ask())
    const root = spans().find(({ name }) => name.startsWith("chat"))
    const attempt = spans().find(({ name }) => name.startsWith("attempt"))
    expect(root!.parentSpanContext).toMatchObject({ spanId: parent.spanId })
    expect(attempt!.spanContext().traceId).toBe(parent.traceId)
    expect(seen).toEqual([root!.spanContext().spanId, attempt!.spanContext().spanId])
  })
})

describe("a traceparent", () => {
  test("goes to no provider by default", async () => {
    const { ask, primary } = stageOf()
    await ask()
    expect(primary.requests[0]!.headers).not.toHaveProperty("traceparent")
  })

  test("goes to the provider when asked for: that of the attempt", async () => {
    const { ask, primary, spans } = stageOf({ options: { propagate: true } })
    await ask()
    const { traceId, spanId } = spans()[1]!.spanContext()
    expect(primary.requests[0]!.headers).toMatchObject({ traceparent: `00-${traceId}-${spanId}-01` })
  })

  test("of a trace that is not sampled says so", async () => {
    const tracerProvider = new BasicTracerProvider({ sampler: new AlwaysOffSampler() })
    const { ask, primary, spans } = stageOf({ options: { propagate: true, tracerProvider } })
    await ask()
    expect(primary.requests[0]!.headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
    expect(spans()).toEqual([])
  })
})

test.each([
  [{ semconv: "2.0" }, "otel.semconv"],
  [{ tracerProvider: {} }, "otel.tracerProvider must be a tracer provider"],
  [{ provider: {} }, "providers"],
])("wrong options such as %j are refused in a sentence", (options, words) => {
  expect(() => stageOf({ options: options as never })).toThrow(words)
})

test("a provider's name for an endpoint there is not is refused", () => {
  expect(() => stageOf({ options: { providers: { backup: "acme", primry: "acme" } } })).toThrow(
    'A name in otel.providers can not be "primry"; did you mean primary?',
  )
})
