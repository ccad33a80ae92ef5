import { otel } from "@bellwether/otel"
import type { Histogram } from "@opentelemetry/sdk-metrics"
import * as sdk from "openai"
import { describe, expect, test } from "vitest"
import { question, setUp } from "../openai/stage.ts"
import { startTelemetry } from "./telemetry.ts"
import type { Telemetry } from "./telemetry.ts"

const streamed = { ...question, stream: true, stream_options: { include_usage: true } } as const

/** Asks once whole and once as a stream, of a primary that fails the first time. */
async function ask(telemetry: Telemetry, options: Parameters<typeof otel>[0]) {
  await using stage = await setUp(sdk, { pipeline: { use: [otel(options)], attempts: 2 } })
  stage.primary.inject({ kind: "error", error: "server-error" }, { hits: 1 })
  await stage.client.chat.completions.create(question)
  for await (const chunk of await stage.client.chat.completions.create(streamed)) expect(chunk).toBeDefined()
  return telemetry.measured()
}

const both = [
  [
    "1.41",
    [
      "gen_ai.client.operation.duration",
      "gen_ai.client.operation.time_to_first_chunk",
      "gen_ai.client.token.usage",
    ],
  ],
  [
    "latest",
    [
      "gen_ai.client.inference.duration",
      "gen_ai.client.inference.operation.input_tokens",
      "gen_ai.client.inference.operation.output_tokens",
      "gen_ai.client.inference.time_to_first_chunk",
      "gen_ai.client.inference.usage.cache_read.input_tokens",
      "gen_ai.client.inference.usage.input_tokens",
      "gen_ai.client.inference.usage.output_tokens",
      "gen_ai.client.inference.usage.reasoning.output_tokens",
    ],
  ],
] as const

describe.each(both)("by the conventions %s", (semconv, names) => {
  test("calls are measured under their names", async () => {
    using telemetry = startTelemetry()
    expect([...(await ask(telemetry, { semconv })).keys()].toSorted()).toEqual(names)
  })

  test("a call is measured once, whoever it asked, with the model that answered", async () => {
    using telemetry = startTelemetry()
    const durations = (await ask(telemetry, { semconv })).get(names[0])
    const points = durations!.dataPoints.map(({ attributes, value }) => ({
      attributes,
      count: (value as Histogram).count,
    }))
    expect(points.reduce((sum, { count }) => sum + count, 0)).toBe(2)
    for (const { attributes } of points)
      expect(attributes).toMatchObject({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o",
        "server.address": "127.0.0.1",
      })
  })
})
