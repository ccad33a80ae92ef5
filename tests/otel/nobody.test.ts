import { otel } from "@bellwether/otel"
import { createNoopMeter, ProxyTracer, trace } from "@opentelemetry/api"
import * as sdk from "openai"
import { afterEach, expect, test, vi } from "vitest"
import { question, setUp } from "../openai/stage.ts"
import { startTelemetry } from "./telemetry.ts"

afterEach(() => {
  vi.restoreAllMocks()
})

/** Counts what is asked of the API's stand-ins for tracers, spans and meters. */
function countAsked() {
  const noopSpan = trace.wrapSpanContext({ traceId: "", spanId: "", traceFlags: 0 })
  const spies = [
    vi.spyOn(ProxyTracer.prototype, "startSpan"),
    vi.spyOn(ProxyTracer.prototype, "startActiveSpan"),
    ...(["setAttribute", "setAttributes", "addEvent", "setStatus", "end"] as const).map((method) =>
      vi.spyOn(Object.getPrototypeOf(noopSpan) as typeof noopSpan, method),
    ),
    ...(["createHistogram", "createCounter"] as const).map((method) =>
      vi.spyOn(Object.getPrototypeOf(createNoopMeter()) as ReturnType<typeof createNoopMeter>, method),
    ),
  ]
  return (): number => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
}

test("while no provider is registered no span is begun, no attribute told and no instrument made", async () => {
  const asked = countAsked()
  const down = { kind: "error", error: "server-error" } as const
  const use = [otel({ propagate: true, eachChunk: true })]
  await using stage = await setUp(sdk, { faults: [down], pipeline: { use, attempts: 2 } })
  await stage.client.chat.completions.create(question)
  for await (const chunk of await stage.client.chat.completions.create({ ...question, stream: true }))
    expect(chunk).toBeDefined()
  expect(asked()).toBe(0)
})

test("the probe counts where there is something to count", async () => {
  const asked = countAsked()
  trace.getTracer("somebody else").startSpan("nothing").setAttribute("a", 1).end()
  createNoopMeter().createHistogram("nothing")
  expect(asked()).toBeGreaterThan(3)
})

test("a provider that is registered later is told from then on", async () => {
  await using stage = await setUp(sdk, { pipeline: { use: [otel()] } })
  await stage.client.chat.completions.create(question)
  using telemetry = startTelemetry()
  await stage.client.chat.completions.create(question)
  expect(telemetry.spans().map(({ name }) => name)).toEqual(["chat gpt-4o", "attempt primary"])
})
