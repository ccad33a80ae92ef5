import { context, metrics, trace } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics"
import type { MetricData } from "@opentelemetry/sdk-metrics"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base"

/** The real SDK, registered as a service does it, with whatever it exports kept in memory. */
export interface Telemetry extends Disposable {
  /** Does something in a span of its own, as a service does that calls us; gives back what came of it. */
  within<T>(name: string, run: () => Promise<T>): Promise<T>
  /** Spans that are over, in the order they began. */
  spans(): readonly ReadableSpan[]
  /** What was measured so far, by the name of the metric. */
  measured(): Promise<ReadonlyMap<string, MetricData>>
}

/** Collects when asked. */
class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Registers the SDK for the whole process; it is gone with the test that owns it. */
export function startTelemetry(): Telemetry {
  const exporter = new InMemorySpanExporter()
  const reader = new Reader()
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(tracers)
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  return {
    within: (name, run) =>
      tracers.getTracer("service").startActiveSpan(name, async (span) => {
        try {
          return await run()
        } finally {
          span.end()
        }
      }),
    spans: () => exporter.getFinishedSpans().toSorted((a, b) => beganAt(a) - beganAt(b)),
    async measured() {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
      return new Map(all.map((metric) => [metric.descriptor.name, metric]))
    },
    [Symbol.dispose]() {
      trace.disable()
      metrics.disable()
      context.disable()
    },
  }
}

const beganAt = ({ startTime: [seconds, nanos] }: ReadableSpan): number => seconds + nanos / 1e9
