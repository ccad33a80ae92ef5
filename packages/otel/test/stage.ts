import { createPipeline, Excluded } from "@bellwether/core"
import type { CallResult, Pipeline, Plugin } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics"
import type { HistogramMetricData, MetricData } from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-base"
import { otel } from "../src/index.ts"
import type { OtelOptions } from "../src/index.ts"

/** How a stage is set up. */
export interface StageOptions {
  readonly primary?: Script
  readonly backup?: Script
  readonly options?: OtelOptions
  /** Plugins inside of otel. */
  readonly use?: readonly Plugin[]
  /** Whether whatever is registered globally is told, instead of the stage. */
  readonly isGlobal?: boolean
  /** @default "/chat/completions" */
  readonly path?: string
  /** What else sees spans. */
  readonly processors?: readonly SpanProcessor[]
}

/** A pipeline under the real SDK, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly primary: ScriptedProvider
  readonly backup: ScriptedProvider
  /** Asks, and reads the answer to its end. */
  ask(more?: object, signal?: AbortSignal): Promise<CallResult>
  /** Spans that are over, parents first. */
  spans(): readonly ReadableSpan[]
  /** What was measured so far, by the name of the metric. */
  measured(): Promise<ReadonlyMap<string, MetricData>>
}

/** Collects when asked. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Tries each target once, and tells what it does. */
const mover: Plugin = {
  name: "mover",
  setup: () => ({
    async call(request, next, context) {
      const tried = new Set<string>()
      for (;;) {
        const answer = await next(request, context.with(Excluded, tried))
        if (answer.ok || answer.attempt === undefined || tried.size === 1) return answer
        tried.add(answer.attempt.target.id)
      }
    },
  }),
}

export function stageOf({
  primary = [],
  backup = [],
  options,
  use = [],
  isGlobal = false,
  path = "/chat/completions",
  processors = [],
}: StageOptions = {}): Stage {
  const clock = virtualClock({ date: Date.UTC(2026, 0) })
  const pace = { clock, latencyMs: 200, tokensPerSecond: 10 }
  const first = scriptedProvider({ ...pace, origin: "https://api.openai.com", script: primary })
  const second = scriptedProvider({ ...pace, origin: "https://relay.test:8443", script: backup })
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new BasicTracerProvider({
    spanProcessors: [...processors, new SimpleSpanProcessor(exporter)],
  })
  const reader = new Reader()
  const meterProvider = new MeterProvider({ readers: [reader] })
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: first.baseURL, key: "sk-primary-secret" },
      { id: "backup", baseURL: second.baseURL, key: "sk-backup-secret" },
    ],
    use: [otel(isGlobal ? options : { tracerProvider, meterProvider, ...options }), mover, ...use],
    fetch: scriptedFetch(first, second),
    clock,
    random: seededRandom(1),
  })
  const begin = async (more: object, signal?: AbortSignal): Promise<CallResult> => {
    const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], ...more })
    const input = { method: "POST", path, body }
    const result = await pipeline.call(signal === undefined ? input : { ...input, signal })
    if (result.ok) await result.response.text().catch(() => {})
    return result
  }
  return {
    clock,
    pipeline,
    primary: first,
    backup: second,
    ask: (more = {}, signal) => clock.runUntil(begin(more, signal)),
    spans: () => exporter.getFinishedSpans().toSorted((a, b) => depth(a) - depth(b)),
    async measured() {
      const { resourceMetrics } = await reader.collect()
      const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
      return new Map(metrics.map((metric) => [metric.descriptor.name, metric]))
    },
  }
}

const depth = ({ parentSpanContext }: ReadableSpan): number => (parentSpanContext === undefined ? 0 : 1)

/** What a histogram has counted: the attributes, how often, the sum. */
export const counted = (metric: MetricData | undefined) =>
  (metric as HistogramMetricData).dataPoints.map(({ attributes, value }) => ({
    attributes,
    count: value.count,
    sum: value.sum,
  }))
