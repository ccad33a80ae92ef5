import { createNoopMeter, metrics, trace } from "@opentelemetry/api"
import type { MeterProvider, Tracer, TracerProvider } from "@opentelemetry/api"
import { Instruments } from "./instruments.ts"
import type { Conventions } from "./names.ts"
import type { Servers } from "./servers.ts"

const scope = "@bellwether/otel"

/** What the API gives until a provider is registered has this, and there is no other way to ask. */
interface StandIn {
  getDelegateTracer?(name: string): Tracer | undefined
}

/**
 * Gives the tracer; `undefined` as long as no provider is registered, so that nothing is put together for nobody.
 *
 * @param given instead of the global provider
 */
export function createTracerSource(given: TracerProvider | undefined): () => Tracer | undefined {
  let tracer = given?.getTracer(scope)
  return () => {
    if (tracer !== undefined) return tracer
    const provider: TracerProvider & StandIn = trace.getTracerProvider()
    tracer = provider.getDelegateTracer ? provider.getDelegateTracer(scope) : provider.getTracer(scope)
    return tracer
  }
}

/**
 * Gives the instruments of whichever meter provider is registered now; `undefined` as long as there is none.
 *
 * @param given instead of the global provider
 */
export function createMeterSource(
  given: MeterProvider | undefined,
  conventions: Conventions,
  servers: Servers,
): () => Instruments | undefined {
  let provider: MeterProvider | undefined
  let instruments: Instruments | undefined
  return () => {
    const current = given ?? metrics.getMeterProvider()
    if (current === provider) return instruments
    provider = current
    const meter = current.getMeter(scope)
    instruments = meter === createNoopMeter() ? undefined : new Instruments(meter, conventions, servers)
    return instruments
  }
}
