import type { Answer } from "./answer.ts"
import { answerResponse } from "./answer-response.ts"
import type { Board } from "./board.ts"
import { pipelineError } from "./call-error.ts"
import { recordOf } from "./call-record.ts"
import type { CallRecord } from "./call-record.ts"
import type { Clock } from "./clock.ts"
import type { Delivery } from "./delivery.ts"
import { errorResponse } from "./error-response.ts"
import type { EventBus } from "./event.ts"
import { CallStarted } from "./events.ts"
import type { Failure } from "./failure.ts"
import { createHintReader, Deadline, Tag } from "./hint.ts"
import type { Hint, Hints } from "./hint.ts"
import { LiveCall } from "./live-call.ts"
import { LiveContext } from "./live-context.ts"
import type { CallResult } from "./pipeline.ts"
import { positiveMilliseconds } from "./option-checks.ts"
import { refuseFaults } from "./options.ts"
import { recentCalls } from "./recent-calls.ts"
import type { Next } from "./plugin.ts"
import type { Random } from "./random.ts"
import { readRequest } from "./read-request.ts"
import { arrival, isPending, takeBody } from "./request-body.ts"
import type { CallInput, ReadRequest } from "./read-request.ts"
import type { CallRequest } from "./request.ts"
import { badHint, cancelled, closed, deadlinePassed, isStop } from "./stop.ts"
import type { Target } from "./target.ts"
import { Trail, withTrail } from "./trail-headers.ts"

/** What the outer edge of a pipeline is made of. */
export interface EdgeOptions {
  readonly chain: Next<CallRequest>
  readonly targets: readonly Target[]
  readonly board: Pick<Board, "read">
  readonly clock: Clock
  readonly random: Random
  readonly events: EventBus
  readonly deadlineMs: number
  readonly attempts: number
  /** What plugins let callers ask. */
  readonly hints: readonly Hint<unknown>[]
}

/** Where calls come in and answers go out. */
export interface Edge {
  call(input: CallInput): Promise<CallResult>
  explain(callId: string): CallRecord | undefined
  close(): void
}

/** Makes calls out of inputs: one deadline, one signal, one response each. */
export function createEdge(options: EdgeOptions): Edge {
  const { chain, targets, board, clock, random, events } = options
  const readHints = createHintReader([Deadline, Tag, Trail, ...options.hints])
  const live = new Set<LiveCall>()
  const recent = recentCalls()
  let isClosed = false

  async function call(input: CallInput): Promise<CallResult> {
    const startedAtMs = clock.now()
    const deadlineMs = input.deadlineMs ?? options.deadlineMs
    refuseFaults(positiveMilliseconds(deadlineMs, "deadlineMs"))
    const { signal = null } = input
    const taken = input.body == null ? undefined : takeBody(input.body)
    const body = isPending(taken) ? await arrival(taken, { signal, deadlineMs, clock }) : taken
    const read = readRequest(input, isStop(body) ? undefined : body)
    const hints = read.hints && readHints(read.hints)
    const record = begin(read, typeof hints === "string" ? undefined : hints, startedAtMs, deadlineMs)
    const { allowedMs } = record
    const spentMs = isPending(taken) ? clock.now() - startedAtMs : 0
    const timer = clock.after(allowedMs - spentMs, () => record.stop(deadlinePassed(allowedMs)))
    const cancel = (): void => record.stop(cancelled(signal?.reason))
    signal?.addEventListener("abort", cancel)
    record.onEnd((ending) => {
      live.delete(record)
      recent.add(recordOf(record, clock, ending))
      timer.cancel()
      signal?.removeEventListener("abort", cancel)
      // Whatever of it was not sent is not wanted any more.
      if (body instanceof ReadableStream) void body.cancel().catch(() => {})
    })
    if (isClosed) record.stop(closed)
    if (isStop(body)) record.stop(body)
    if (typeof hints === "string") record.stop(badHint(hints))
    if (signal?.aborted) cancel()
    const answer = await answered(record, read.request)
    // The caller or the deadline may have been quicker than an answer on its way out.
    const stop = record.root.stopped
    if (stop !== undefined) return failed(record, stop.failure)
    if (!answer.ok) return failed(record, answer.failure)
    timer.cancel()
    const delivery = answer as Delivery
    record.commit(delivery.attempt)
    const response = withTrail(answerResponse(delivery), record, delivery.attempt.target)
    return { ok: true, call: record, response }
  }

  function begin(
    { operation, model, stream, choices, maxTokens, repeatable, request }: ReadRequest,
    hints: Hints | undefined,
    startedAtMs: number,
    allowedMs: number,
  ): LiveCall {
    const record = new LiveCall(
      {
        id: random.id(),
        operation,
        model,
        stream,
        choices,
        maxTokens,
        body: request.body,
        startedAtMs,
        allowedMs,
        targets,
        maxAttempts: repeatable ? options.attempts : 1,
        hints,
      },
      clock,
      events,
    )
    live.add(record)
    events.emit(CallStarted, { call: record })
    return record
  }

  /** The chain's answer, or the stop that came first: nobody inside can hold the caller. */
  function answered(record: LiveCall, request: CallRequest): Promise<Answer> {
    const stop = record.root.stopped
    if (stop !== undefined) return Promise.resolve({ ok: false, failure: stop.failure })
    return new Promise((resolve, reject) => {
      record.onStop(({ failure }) => resolve({ ok: false, failure }))
      chain(request, new LiveContext(record, record.root, record)).then(resolve, reject)
    })
  }

  function failed(record: LiveCall, reported: Failure): CallResult {
    const failure = withRetryAfter(record, reported)
    record.end(failure)
    return {
      ok: false,
      call: record,
      failure,
      error: pipelineError(failure, record),
      toResponse: () => withTrail(errorResponse(failure, record), record),
    }
  }

  /** With several targets a provider's own hint is not the whole truth: the first one back decides. */
  function withRetryAfter(record: LiveCall, failure: Failure): Failure {
    if (
      failure.class === "cancelled" ||
      (record.candidates.length === 1 && failure.retryAfterMs !== undefined)
    )
      return failure
    const now = clock.now()
    let soonestMs = Infinity
    for (const target of record.candidates) {
      const verdict = board.read(target, record.model)
      soonestMs = Math.min(soonestMs, verdict.status === "unavailable" ? (verdict.untilMs ?? Infinity) : now)
    }
    return soonestMs > now && soonestMs < Infinity ? { ...failure, retryAfterMs: soonestMs - now } : failure
  }

  function explain(callId: string): CallRecord | undefined {
    for (const record of live) if (record.id === callId) return recordOf(record, clock)
    return recent.find(callId)
  }

  return {
    call,
    explain,
    close() {
      isClosed = true
      for (const record of live) record.stop(closed)
    },
  }
}
