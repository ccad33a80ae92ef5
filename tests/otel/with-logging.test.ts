import { logging } from "@bellwether/logging"
import { otel } from "@bellwether/otel"
import { trace } from "@opentelemetry/api"
import * as sdk from "openai"
import { describe, expect, test } from "vitest"
import { question, setUp } from "../openai/stage.ts"
import { startTelemetry } from "./telemetry.ts"

/** A logger that puts the id of the active trace into its lines, as bridges of loggers do. */
function tracedLogger() {
  const lines: { readonly event: unknown; readonly traceId: string | undefined }[] = []
  const write = (fields: { readonly event?: unknown }): void =>
    void lines.push({ event: fields.event, traceId: trace.getActiveSpan()?.spanContext().traceId })
  return { lines, logger: { debug: write, info: write, warn: write, error: write } }
}

const orders = [
  [
    "otel before logging",
    (logger: ReturnType<typeof tracedLogger>["logger"]) => [otel(), logging({ logger })],
  ],
  [
    "logging before otel",
    (logger: ReturnType<typeof tracedLogger>["logger"]) => [logging({ logger }), otel()],
  ],
] as const

describe.each(orders)("under `use` of the preset, %s", (_, useOf) => {
  test("a line is written in the trace of the call that gave rise to it", async () => {
    using telemetry = startTelemetry()
    const { lines, logger } = tracedLogger()
    await using stage = await setUp(sdk, {
      faults: [{ kind: "error", error: "server-error" }],
      pipeline: { use: useOf(logger), attempts: 2, circuitBreaker: { consecutiveFailures: 1 } },
    })
    await stage.client.chat.completions.create(question)
    const root = telemetry.spans().find(({ name }) => name === "chat gpt-4o")
    expect(lines).toEqual([{ event: "circuit-opened", traceId: root!.spanContext().traceId }])
  })

  test("the span of a call covers all of the stack: what was passed over is among its events", async () => {
    using telemetry = startTelemetry()
    const { logger } = tracedLogger()
    await using stage = await setUp(sdk, {
      faults: [{ kind: "error", error: "server-error" }],
      pipeline: { use: useOf(logger), attempts: 2, circuitBreaker: { consecutiveFailures: 1 } },
    })
    await stage.client.chat.completions.create(question)
    await stage.client.chat.completions.create(question)
    const roots = telemetry.spans().filter(({ name }) => name === "chat gpt-4o")
    expect(roots[1]).toMatchObject({
      attributes: { "bellwether.attempts": 1 },
      events: [
        {
          name: "bellwether.target-skipped",
          attributes: { "bellwether.target": "primary/key-1", "bellwether.reason": expect.any(String) },
        },
      ],
    })
  })
})
