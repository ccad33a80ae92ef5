import type { CallEnding, Failure } from "@bellwether/core"
import type { AnswerLabel } from "@bellwether/wire"
import { SpanStatusCode } from "@opentelemetry/api"
import type { HrTime, Span } from "@opentelemetry/api"

/** Who answered a call in the end, or else who was asked last. */
export function lastAsked({ attempts }: CallEnding): CallEnding["attempts"][number] | undefined {
  return attempts.findLast(({ ending }) => ending.failure === undefined) ?? attempts.at(-1)
}

export function tellAnswer(span: Span, { id, model, finishReasons }: AnswerLabel): void {
  if (id !== undefined) span.setAttribute("gen_ai.response.id", id)
  if (model !== undefined) span.setAttribute("gen_ai.response.model", model)
  if (finishReasons !== undefined) span.setAttribute("gen_ai.response.finish_reasons", [...finishReasons])
}

export function tellFirstChunk(span: Span, firstContentMs: number | undefined): void {
  if (firstContentMs !== undefined)
    span.setAttribute("gen_ai.response.time_to_first_chunk", firstContentMs / 1_000)
}

/** Only the class and the code: an error's message may be a provider's. */
export function tellFailure(span: Span, { class: failureClass, code }: Failure): void {
  span.setAttribute("error.type", failureClass)
  // Giving up, or having lost a race, is no error.
  if (failureClass === "cancelled" || failureClass === "superseded") return
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}

/** Milliseconds since 1970, as OpenTelemetry takes them without loss. */
export function wallTime(dateMs: number): HrTime {
  const seconds = Math.floor(dateMs / 1_000)
  return [seconds, Math.floor((dateMs - seconds * 1_000) * 1e6)]
}
