import { AttemptEnded, AttemptStarted, CallEnded, CallStarted } from "@bellwether/core"
import type { AttemptRequest, Call, Plugin } from "@bellwether/core"
import { context as api } from "@opentelemetry/api"
import type { SpanContext } from "@opentelemetry/api"
import { CallSpan } from "./call-span.ts"
import { checkOtelOptions, checkProviders } from "./options.ts"
import type { OtelOptions } from "./options.ts"
import { Servers } from "./servers.ts"
import { createMeterSource, createTracerSource } from "./sources.ts"

/**
 * Tells OpenTelemetry of calls, by its GenAI conventions: a span per call, a child per attempt, durations and tokens
 * as metrics. Watches only; whatever an SDK or exporter does, calls go on. Stands outermost, so that everything a call
 * does is done in its span.
 *
 * @example
 * createPipeline({ endpoints, use: [otel(), retry()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function otel(options: OtelOptions = {}): Plugin {
  checkOtelOptions(options)
  const { semconv: conventions = "1.41", propagate = false, eachChunk = false, providers = {} } = options
  return {
    name: "otel",
    setup({ clock, on, targets }) {
      checkProviders(providers, targets)
      const servers = new Servers(providers)
      const tracer = createTracerSource(options.tracerProvider)
      const instruments = createMeterSource(options.meterProvider, conventions, servers)
      const spans = new Map<Call, CallSpan>()

      // Listeners are isolated by core: an SDK that throws in them has no say.
      on(CallStarted, ({ call }) => {
        const current = tracer()
        if (current === undefined) return
        const tools = { tracer: current, servers, conventions }
        const span = new CallSpan(call, api.active(), clock.date() - clock.now(), tools)
        if (span.isReal) spans.set(call, span)
      })
      on(AttemptStarted, ({ attempt }) => spans.get(attempt.call)?.begin(attempt))
      if (eachChunk)
        on(AttemptStarted, ({ attempt }) => {
          if (attempt.call.stream) instruments()?.watchChunks(attempt, clock.now)
        })
      on(AttemptEnded, ({ attempt, ending }) => spans.get(attempt.call)?.end(attempt, ending))
      on(AttemptEnded, ({ attempt, ending }) => instruments()?.attemptEnded(attempt, ending))
      on(CallEnded, ({ call, ending }) => {
        const span = spans.get(call)
        spans.delete(call)
        span?.close(ending)
      })
      on(CallEnded, ({ call, ending }) => instruments()?.callEnded(call, ending))

      return {
        call(request, next, context) {
          const active = spans.get(context.call)
          return active === undefined
            ? next(request, context)
            : api.with(active.context, next, undefined, request, context)
        },
        attempt(request, next, context) {
          servers.learn(request.target, request.url)
          const active = context.attempt && spans.get(context.call)?.of(context.attempt)
          if (active === undefined) return next(request, context)
          const sent = propagate ? traced(request, active.span.spanContext()) : request
          return api.with(active.context, next, undefined, sent, context)
        },
      }
    },
  }
}

/** With the header of W3C's Trace Context; baggage stays here. */
function traced(request: AttemptRequest, { traceId, spanId, traceFlags }: SpanContext): AttemptRequest {
  const flags = traceFlags.toString(16).padStart(2, "0")
  return { ...request, headers: { ...request.headers, traceparent: `00-${traceId}-${spanId}-${flags}` } }
}
