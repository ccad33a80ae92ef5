import { checkOptions, flag, must, oneOf, recordOf, refuseFaults, text } from "@bellwether/core"
import type { Target } from "@bellwether/core"
import type { MeterProvider, TracerProvider } from "@opentelemetry/api"
import type { Conventions } from "./names.ts"

/** How calls are told to OpenTelemetry. */
export interface OtelOptions {
  /**
   * Whose names are used: those of the GenAI conventions 1.41, which backends read, or of the repository they moved to.
   * @default "1.41"
   */
  readonly semconv?: Conventions
  /**
   * Whether providers get a `traceparent` header, so that their spans join the trace.
   * @default false
   */
  readonly propagate?: boolean
  /**
   * Whether the time between chunks of streams is measured too; that costs a measurement per chunk.
   * @default false
   */
  readonly eachChunk?: boolean
  /**
   * `gen_ai.provider.name` of endpoints, by their id.
   * @default by the host; for hosts nobody knows, the API they speak: `openai` or `anthropic`
   */
  readonly providers?: Readonly<Record<string, string>>
  /** @default the global one, also if it is registered later */
  readonly tracerProvider?: TracerProvider
  /** @default the global one, also if it is registered later */
  readonly meterProvider?: MeterProvider
}

const having = (method: string, what: string) =>
  must(what, (value) => typeof (value as Record<string, unknown> | null)?.[method] === "function")

/** @throws PipelineError `invalid-options` */
export function checkOtelOptions(options: OtelOptions): void {
  checkOptions("otel", options, {
    semconv: oneOf(["1.41", "latest"]),
    propagate: flag,
    eachChunk: flag,
    providers: recordOf(text),
    tracerProvider: having("getTracer", "a tracer provider"),
    meterProvider: having("getMeter", "a meter provider"),
  })
}

/**
 * Refuses names for providers of endpoints there are not.
 *
 * @throws PipelineError `invalid-options`
 */
export function checkProviders(
  providers: Readonly<Record<string, string>>,
  targets: readonly Target[],
): void {
  const isEndpoint = oneOf([...new Set(targets.map(({ endpoint }) => endpoint))])
  refuseFaults(Object.keys(providers).flatMap((id) => isEndpoint(id, "A name in otel.providers")))
}
