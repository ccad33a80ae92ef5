import { createPipeline, ListenerFailed } from "@bellwether/core"
import { metrics, trace } from "@opentelemetry/api"
import type { Meter, MeterProvider, TracerProvider } from "@opentelemetry/api"
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-base"
import fc from "fast-check"
import { afterEach, describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import { otel } from "./otel.ts"

const refuse = (): never => {
  throw new Error("the backend is down")
}

const processor = (more: Partial<SpanProcessor>): SpanProcessor => ({
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
  ...more,
})

const exporting = (run: SpanExporter["export"]) =>
  new SimpleSpanProcessor({ export: run, shutdown: async () => {} })

const brokenTracer: TracerProvider = { getTracer: () => ({ startSpan: refuse, startActiveSpan: refuse }) }
const reject = (): never => Promise.reject(new Error("the backend is down")) as never
const lateTracer: TracerProvider = { getTracer: () => ({ startSpan: reject, startActiveSpan: reject }) }
const lateMeter: MeterProvider = {
  getMeter: () =>
    ({
      createHistogram: () => ({ record: reject }),
      createCounter: () => ({ add: reject }),
    }) as unknown as Meter,
}
const brokenMeter: MeterProvider = {
  getMeter: () => ({ createHistogram: () => ({ record: refuse }) }) as unknown as Meter,
}

describe("calls are answered, and sent once, whatever becomes of spans and metrics:", () => {
  test.each([
    ["a processor that throws at the start", { processors: [processor({ onStart: refuse })] }],
    ["a processor that throws at the end", { processors: [processor({ onEnd: refuse })] }],
    ["an exporter that throws", { processors: [exporting(refuse)] }],
    ["an exporter that never answers", { processors: [exporting(() => {})] }],
    ["a tracer that throws", { options: { tracerProvider: brokenTracer } }],
    ["a meter that throws", { options: { meterProvider: brokenMeter } }],
    ["a tracer that rejects", { options: { tracerProvider: lateTracer } }],
    ["a meter that rejects", { options: { meterProvider: lateMeter, eachChunk: true } }],
    ["a newer meter that rejects", { options: { meterProvider: lateMeter, semconv: "latest" as const } }],
  ])("%s", async (_, options) => {
    const { ask, primary, pipeline } = stageOf(options)
    const reported: string[] = []
    pipeline.on(ListenerFailed, ({ event }) => reported.push(event))
    for (let turn = 0; turn < 20; turn++) expect((await ask({ stream: turn % 2 === 0 })).ok).toBe(true)
    expect(primary.requests).toHaveLength(20)
    expect(reported.length, "told once, not with every call").toBeLessThanOrEqual(4)
  })
})

test("an attempt whose span could not begin is made all the same, and so are those after it", async () => {
  let started = 0
  const moody = processor({ onStart: () => void (++started === 2 && refuse()) })
  const { ask, spans } = stageOf({ processors: [moody] })
  expect((await ask()).ok).toBe(true)
  expect((await ask()).ok).toBe(true)
  expect(spans()).toHaveLength(3)
})

describe("without an SDK", () => {
  afterEach(() => {
    trace.disable()
    metrics.disable()
  })

  test("nothing is begun, and a provider registered later is used from then on", async () => {
    const { ask, primary } = stageOf({ isGlobal: true })
    await ask()
    const seen: string[] = []
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [processor({ onEnd: ({ name }) => void seen.push(name) })] }),
    )
    const recorded: string[] = []
    const remember = (name: string) => ({ record: () => void recorded.push(name) })
    metrics.setGlobalMeterProvider({ getMeter: () => ({ createHistogram: remember }) as unknown as Meter })
    await ask()
    expect(primary.requests).toHaveLength(2)
    expect(recorded).toContain("gen_ai.client.operation.duration")
    expect(seen).toEqual(["attempt primary", "chat gpt-4o"])
  })

  test("requests go out as they are", async () => {
    const pipeline = createPipeline({
      endpoints: [{ id: "a", baseURL: "https://a.test/v1" }],
      use: [otel({ propagate: true })],
      fetch: async (_, init) => Response.json({ sent: init?.headers }),
    })
    expect(await (await pipeline.fetch("/models")).json()).toEqual({ sent: {} })
  })
})

test("no key, no word of a prompt, an answer or a provider's error is in a span or a metric", async () => {
  const secret = fc
    .string({ unit: "grapheme-ascii", minLength: 12, maxLength: 24 })
    .filter((text) => /\w{6}/.test(text))
  await fc.assert(
    fc.asyncProperty(secret, secret, fc.boolean(), async (asked, said, stream) => {
      const body = JSON.stringify({ error: { message: said, code: said, type: said } })
      const { ask, spans, measured } = stageOf({
        primary: [{ kind: "status", status: 400, body }],
        backup: [said],
      })
      await ask({ stream, user: asked, messages: [{ role: "user", content: asked }] })
      const told = JSON.stringify([
        spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
        [...(await measured()).values()],
      ])
      for (const text of [asked, said, "sk-primary-secret", "sk-backup-secret"])
        expect(told).not.toContain(JSON.stringify(text).slice(1, -1))
    }),
    { numRuns: 40 },
  )
})
