import { testPlugin } from "@bellwether/testing"
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { test } from "vitest"
import { otel } from "./otel.ts"

testPlugin("otel without an SDK", () => otel(), test)

testPlugin(
  "otel",
  () => otel({ tracerProvider: new BasicTracerProvider(), meterProvider: new MeterProvider() }),
  test,
)
