import { createPipeline } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { exportTrails, logging } from "@bellwether/logging"
import { metrics } from "@bellwether/metrics"
import { otel } from "@bellwether/otel"
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { measure, printExtra } from "./measure.ts"
import type { Contestant } from "./measure.ts"

const answer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o",
  choices: [{ index: 0, message: { role: "assistant", content: "x".repeat(800) }, finish_reason: "stop" }],
  usage: { prompt_tokens: 9, completion_tokens: 200, total_tokens: 209 },
})
const input = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] }),
}

/** What is asked of whom. */
interface Stage {
  readonly path: string
  fetch(): Promise<Response>
}

const empty = new Response(null, { status: 204 })
/** All that is not core's or an observer's is left out: differences of half a microsecond are seen. */
const bodiless: Stage = { path: "/bodiless", fetch: async () => empty }
const chat: Stage = {
  path: "/chat/completions",
  fetch: async () => new Response(answer, { headers: { "content-type": "application/json" } }),
}

/** Calls through core and these observers alone. */
function watchedBy(
  { path, fetch }: Stage,
  use: readonly Plugin[],
  afterwards: () => void = () => {},
): Contestant {
  const endpoints = [{ id: "stub", baseURL: "http://127.0.0.1:9/v1", key: "none" }]
  const pipeline = createPipeline({ endpoints, fetch, use })
  return async (count) => {
    for (let turn = 0; turn < count; turn++) await (await pipeline.fetch(path, input)).text()
    afterwards()
  }
}

/** Collects when asked, which here is never. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** OpenTelemetry's own SDK at work, without a network. */
function withSdk(stage: Stage): Contestant {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const meterProvider = new MeterProvider({ readers: [new Reader()] })
  return watchedBy(stage, [otel({ tracerProvider, meterProvider })], () => exporter.reset())
}

const log = (): Plugin => logging({ logger: { info() {}, warn() {}, error() {} } })
const trails = (): Plugin => exportTrails({ write: () => {}, oneIn: 10 })

const contestants = (stage: Stage): Readonly<Record<string, Contestant>> => ({
  nobody: watchedBy(stage, []),
  metrics: watchedBy(stage, [metrics()]),
  logging: watchedBy(stage, [log()]),
  "trails, 1 in 10": watchedBy(stage, [trails()]),
  "otel without a provider": watchedBy(stage, [otel()]),
  "all of these": watchedBy(stage, [otel(), metrics(), log(), trails()]),
})

/** What it costs a call that it is watched. */
export async function observers(): Promise<void> {
  const rounds = 31
  printExtra("A bodiless call, watched by", await measure(contestants(bodiless), { count: 5_000, rounds }))
  printExtra("One with a 1 kB JSON answer", await measure(contestants(chat), { count: 1_000, rounds }))
  // Last, and by itself: what the SDK leaves to the collector would be on the others' bill.
  const traced = { nobody: watchedBy(bodiless, []), "otel with its SDK, in memory": withSdk(bodiless) }
  printExtra("A bodiless call, traced", await measure(traced, { count: 1_000, rounds }))
}
