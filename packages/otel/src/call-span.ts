import type { Attempt, Call, CallEnding, Ending, Failure } from "@bellwether/core"
import { isSpanContextValid, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import type { Attributes, Context, HrTime, Span, Tracer } from "@opentelemetry/api"
import { operationName } from "./names.ts"
import type { Conventions } from "./names.ts"
import { eventsOf } from "./trail-events.ts"
import { usageAttributes } from "./usage.ts"
import { lastAsked } from "./servers.ts"
import type { Servers } from "./servers.ts"

/** What spans are made with. */
export interface SpanTools {
  readonly tracer: Tracer
  readonly servers: Servers
  readonly conventions: Conventions
}

/** A span, and the context in which it is the active one. */
export interface ActiveSpan {
  readonly span: Span
  readonly context: Context
}

/** The span of a call, with a child for each attempt. */
export class CallSpan implements ActiveSpan {
  readonly span: Span
  readonly context: Context
  readonly #tools: SpanTools
  readonly #call: Call
  /** Wall time at which the call's own time was zero. */
  readonly #epochMs: number
  readonly #attempts = new Map<Attempt, ActiveSpan>()

  private constructor(span: Span, call: Call, parent: Context, epochMs: number, tools: SpanTools) {
    this.span = span
    this.context = trace.setSpan(parent, span)
    this.#call = call
    this.#epochMs = epochMs
    this.#tools = tools
  }

  /**
   * Begins the span of a call; `undefined` while nobody traces.
   *
   * @param epochMs wall time at which monotonic time was zero
   */
  static begin(call: Call, parent: Context, epochMs: number, tools: SpanTools): CallSpan | undefined {
    const operation = operationName(call.operation.name)
    const attributes: Attributes = {
      "gen_ai.operation.name": operation,
      ...tools.servers.describe(call.candidates[0], call),
      "gen_ai.request.stream": call.stream,
      "bellwether.call.id": call.id,
    }
    if (call.model !== undefined) attributes["gen_ai.request.model"] = call.model
    const name = call.model === undefined ? operation : `${operation} ${call.model}`
    const startTime = wallTime(epochMs + call.startedAtMs)
    const span = tools.tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime, attributes }, parent)
    return isSpanContextValid(span.spanContext())
      ? new CallSpan(span, call, parent, epochMs, tools)
      : undefined
  }

  of(attempt: Attempt): ActiveSpan | undefined {
    return this.#attempts.get(attempt)
  }

  begin(attempt: Attempt): void {
    const { target, kind, model, number, startedAtMs } = attempt
    const attributes: Attributes = { "bellwether.target": target.id, "bellwether.attempt.kind": kind }
    if (model !== undefined) attributes["gen_ai.request.model"] = model
    if (number > 1) attributes["http.request.resend_count"] = number - 1
    const startTime = wallTime(this.#epochMs + startedAtMs)
    const options = { kind: SpanKind.CLIENT, startTime, attributes }
    const span = this.#tools.tracer.startSpan(`attempt ${target.endpoint}`, options, this.context)
    this.#attempts.set(attempt, { span, context: trace.setSpan(this.context, span) })
  }

  end(attempt: Attempt, { failure, usage, firstContentMs, durationMs }: Ending): void {
    const span = this.#attempts.get(attempt)?.span
    if (span === undefined) return
    this.#attempts.delete(attempt)
    const { servers, conventions } = this.#tools
    span.setAttributes({
      ...servers.describe(attempt.target, this.#call),
      ...usageAttributes([usage], conventions),
      ...firstChunk(this.#call, firstContentMs),
    })
    if (failure !== undefined) tellFailure(span, failure)
    span.end(wallTime(this.#epochMs + attempt.startedAtMs + durationMs))
  }

  /** The call is over, and with it all its attempts. */
  close(ending: CallEnding): void {
    const { span } = this
    const { failure, attempts, firstContentMs, durationMs } = ending
    const startedAtMs = this.#epochMs + this.#call.startedAtMs
    if (span.isRecording()) {
      const { servers, conventions } = this.#tools
      span.setAttributes({
        ...servers.describe(lastAsked(ending), this.#call),
        ...usageAttributes(
          attempts.map((attempt) => attempt.ending.usage),
          conventions,
        ),
        ...firstChunk(this.#call, firstContentMs),
        "bellwether.attempts": this.#call.attempts.length,
      })
      for (const { name, attributes, atMs } of eventsOf(this.#call.trail))
        span.addEvent(name, attributes, wallTime(startedAtMs + atMs))
      if (failure !== undefined) tellFailure(span, failure)
    }
    span.end(wallTime(startedAtMs + durationMs))
  }
}

const firstChunk = ({ stream }: Call, firstContentMs: number | undefined): Attributes =>
  stream && firstContentMs !== undefined
    ? { "gen_ai.response.time_to_first_chunk": firstContentMs / 1_000 }
    : {}

/** Only the class and the code: an error's message may be a provider's. */
function tellFailure(span: Span, { class: failureClass, code, status }: Failure): void {
  span.setAttribute("error.type", failureClass)
  if (status !== undefined) span.setAttribute("http.response.status_code", status)
  // Giving up, or having lost a race, is no error.
  if (failureClass === "cancelled" || failureClass === "superseded") return
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}

/** Milliseconds since 1970, as OpenTelemetry takes them without loss. */
function wallTime(dateMs: number): HrTime {
  const seconds = Math.floor(dateMs / 1_000)
  return [seconds, Math.floor((dateMs - seconds * 1_000) * 1e6)]
}
