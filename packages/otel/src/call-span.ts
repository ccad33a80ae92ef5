import type { Attempt, Call, CallEnding, Ending } from "@bellwether/core"
import { INVALID_TRACEID, SpanKind, trace } from "@opentelemetry/api"
import type { Attributes, Context, Span, Tracer } from "@opentelemetry/api"
import { disowned } from "./disowned.ts"
import { operationName } from "./names.ts"
import type { Conventions } from "./names.ts"
import type { Servers } from "./servers.ts"
import { lastAsked, tellAnswer, tellFailure, tellFirstChunk, wallTime } from "./span-facts.ts"
import { eventsOf } from "./trail-events.ts"
import { tellUsage, usageOfAttempt, usageOfCall } from "./usage.ts"

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

interface AttemptSpan extends ActiveSpan {
  /** What it was told of the server when it began. */
  readonly about: Attributes
}

/** The span of a call, with a child for each attempt. */
export class CallSpan implements ActiveSpan {
  readonly span: Span
  readonly context: Context
  readonly #tools: SpanTools
  readonly #call: Call
  /** Wall time at which the call's own time was zero. */
  readonly #epochMs: number
  /** What it was told of the server when it began. */
  readonly #about: Attributes
  readonly #attempts = new Map<Attempt, AttemptSpan>()

  /**
   * Begins the span of a call.
   *
   * @param epochMs wall time at which monotonic time was zero
   */
  constructor(call: Call, parent: Context, epochMs: number, tools: SpanTools) {
    this.#tools = tools
    this.#call = call
    this.#epochMs = epochMs
    this.#about = tools.servers.describe(call.candidates[0], call)
    const operation = operationName(call.operation.name)
    const attributes: Attributes = { "gen_ai.operation.name": operation, ...this.#about }
    attributes["bellwether.call.id"] = call.id
    if (call.stream) attributes["gen_ai.request.stream"] = true
    if (call.model !== undefined) attributes["gen_ai.request.model"] = call.model
    const name = call.model === undefined ? operation : `${operation} ${call.model}`
    const startTime = wallTime(epochMs + call.startedAtMs)
    const options = { kind: SpanKind.CLIENT, startTime, attributes }
    this.span = disowned(tools.tracer.startSpan(name, options, parent))
    this.context = trace.setSpan(parent, this.span)
  }

  /** Whether anybody traces: a stand-in for a tracer makes spans without a trace. */
  get isReal(): boolean {
    return this.span.spanContext().traceId !== INVALID_TRACEID
  }

  of(attempt: Attempt): ActiveSpan | undefined {
    return this.#attempts.get(attempt)
  }

  begin(attempt: Attempt): void {
    const { target, kind, model, number, startedAtMs } = attempt
    const { tracer, servers } = this.#tools
    const about = servers.describe(target, this.#call)
    const attributes: Attributes = { "bellwether.target": target.id, ...about }
    attributes["bellwether.attempt.kind"] = kind
    if (model !== undefined) attributes["gen_ai.request.model"] = model
    if (number > 1) attributes["http.request.resend_count"] = number - 1
    const startTime = wallTime(this.#epochMs + startedAtMs)
    const options = { kind: SpanKind.CLIENT, startTime, attributes }
    const span = disowned(tracer.startSpan(`attempt ${target.endpoint}`, options, this.context))
    this.#attempts.set(attempt, { span, context: trace.setSpan(this.context, span), about })
  }

  end(attempt: Attempt, { failure, usage, answer, firstContentMs, durationMs }: Ending): void {
    const begun = this.#attempts.get(attempt)
    if (begun === undefined) return
    this.#attempts.delete(attempt)
    const { span } = begun
    if (span.isRecording()) {
      const { servers, conventions } = this.#tools
      const about = servers.describe(attempt.target, this.#call)
      if (about !== begun.about) span.setAttributes(about)
      if (attempt.status !== undefined) span.setAttribute("http.response.status_code", attempt.status)
      if (answer !== undefined) tellAnswer(span, answer)
      if (usage !== undefined) tellUsage(span, [usage], usageOfAttempt[conventions])
      if (this.#call.stream) tellFirstChunk(span, firstContentMs)
      if (failure !== undefined) tellFailure(span, failure)
    }
    span.end(wallTime(this.#epochMs + attempt.startedAtMs + durationMs))
  }

  /** The call is over, and with it all its attempts. */
  close(ending: CallEnding): void {
    const { span } = this
    const startedAtMs = this.#epochMs + this.#call.startedAtMs
    if (span.isRecording()) this.#tell(ending, startedAtMs)
    span.end(wallTime(startedAtMs + ending.durationMs))
  }

  #tell(ending: CallEnding, startedAtMs: number): void {
    const { span } = this
    const { servers, conventions } = this.#tools
    const { failure, attempts, firstContentMs } = ending
    const last = lastAsked(ending)
    const about = servers.describe(last?.attempt.target, this.#call)
    if (about !== this.#about) span.setAttributes(about)
    if (last?.ending.answer !== undefined) tellAnswer(span, last.ending.answer)
    const usages = attempts.map((attempt) => attempt.ending.usage)
    tellUsage(span, usages, usageOfCall[conventions])
    if (this.#call.stream) tellFirstChunk(span, firstContentMs)
    span.setAttribute("bellwether.attempts", this.#call.attempts.length)
    for (const { name, attributes, atMs } of eventsOf(this.#call.trail))
      span.addEvent(name, attributes, wallTime(startedAtMs + atMs))
    if (failure === undefined) return
    if (failure.status !== undefined) span.setAttribute("http.response.status_code", failure.status)
    tellFailure(span, failure)
  }
}
