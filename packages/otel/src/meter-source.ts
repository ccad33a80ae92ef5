import { createNoopMeter, metrics } from "@opentelemetry/api"
import type { MeterProvider } from "@opentelemetry/api"
import { Instruments } from "./instruments.ts"
import type { Conventions } from "./names.ts"
import type { Servers } from "./servers.ts"

/** Gives the instruments of whichever meter provider is registered now; `undefined` while there is none. */
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
    const meter = current.getMeter("@bellwether/otel")
    instruments = meter === createNoopMeter() ? undefined : new Instruments(meter, conventions, servers)
    return instruments
  }
}
