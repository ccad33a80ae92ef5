import type { Answer } from "./answer.ts"
import type { Board } from "./board.ts"
import { CallAnswer } from "./call-answer.ts"
import { pipelineError } from "./call-error.ts"
import { recordOf } from "./call-record.ts"
import { CallsUnderWay } from "./calls-under-way.ts"
import type { Clock } from "./clock.ts"
import type { Delivery } from "./delivery.ts"
import { errorResponse } from "./error-response.ts"
import type { EventBus } from "./event.ts"
import { CallStarted } from "./events.ts"
import type { Failure } from "./failure.ts"
import { Caller, createHintReader, Deadline, Tag } from "./hint.ts"
import type { Hint, Hints } from "./hint.ts"
import { LiveCall } from "./live-call.ts"
import { LiveContext } from "./live-context.ts"
import type { CallResult } from "./pipeline.ts"
import { positiveMilliseconds } from "./option-checks.ts"
import { refuseFaults } from "./options.ts"
import type { RecentCalls } from "./recent-calls.ts"
import type { Next } from "./plugin.ts"
import type { Random } from "./random.ts"
import { readRequest } from "./read-request.ts"
import { arrival, isPending, takeBody } from "./request-body.ts"
import type { PendingBody } from "./request-body.ts"
import type { CallInput } from "./read-request.ts"
import type { CallRequest, RequestBody } from "./request.ts"
import { scrubName } from "./scrub.ts"
import type { SecretKey } from "./secret-key.ts"
import { badHint, cancelled, closed, deadlinePassed, isStop } from "./stop.ts"
import type { Stop } from "./stop.ts"
import type { Target } from "./target.ts"
import { Trail } from "./trail-headers.ts"

/** What the outer edge of a pipeline is made of. */
export interface EdgeOptions {
  readonly chain: Next<CallRequest>
  readonly targets: readonly Target[]
  /** What no name of a model may tell. */
  readonly secrets: readonly SecretKey[]
  readonly board: Pick<Board, "read">
  readonly clock: Clock
  readonly random: Random
  readonly events: EventBus
  readonly deadlineMs: number
  readonly attempts: number
  /** What plugins let callers ask. */
  readonly hints: readonly Hint<unknown>[]
  /** Where calls that are over are remembered. */
  readonly recent: RecentCalls
}

/** Where calls come in and answers go out. */
export interface Edge {
  call(input: CallInput): Promise<CallResult>
  /**
   * Resolves when no call is under way.
   *
   * @throws `signal.reason` when `signal` aborts before
   */
  idle(signal?: AbortSignal): Promise<void>
  close(): void
}

/** A call that has begun, and what it was read from. */
interface Begun {
  readonly record: LiveCall
  readonly request: CallRequest
  /** A sentence where they could not be read. */
  readonly hints: Hints | string | undefined
  readonly body: RequestBody | Stop | undefined
}

/** Makes calls out of inputs: one deadline, one signal, one response each. */
export function createEdge(options: EdgeOptions): Edge {
  const { chain, targets, secrets, board, clock, random, events, recent } = options
  const readHints = createHintReader([Deadline, Tag, Caller, Trail, ...options.hints])
  const live = new CallsUnderWay()
  const forget = recent.alsoIn((id) => {
    const record = live.find(id)
    return record && recordOf(record, clock)
  })
  let isClosed = false

  async function call(input: CallInput): Promise<CallResult> {
    const startedAtMs = clock.now()
    const deadlineMs = input.deadlineMs ?? options.deadlineMs
    refuseFaults(positiveMilliseconds(deadlineMs, "deadlineMs"))
    const { signal = null } = input
    const taken = input.body == null ? undefined : takeBody(input.body)
    const { record, request, hints, body } = isPending(taken)
      ? await beginLater(input, taken, startedAtMs, deadlineMs)
      : begin(input, taken, startedAtMs, deadlineMs)
    const { allowedMs } = record
    const spentMs = isPending(taken) ? clock.now() - startedAtMs : 0
    const timer = clock.after(allowedMs - spentMs, () => record.stop(deadlinePassed(allowedMs)))
    const cancel = (): void => record.stop(cancelled(signal?.reason))
    signal?.addEventListener("abort", cancel)
    record.onEnd((ending) => {
      live.remove(record)
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
    const answer = await answered(record, request)
    // The caller or the deadline may have been quicker than an answer on its way out.
    const stop = record.root.stopped
    if (stop !== undefined) return failed(record, stop.failure)
    if (!answer.ok) return failed(record, answer.failure)
    timer.cancel()
    const delivery = answer as Delivery
    record.commit(delivery.attempt)
    return new CallAnswer(delivery)
  }

  /** Begins a call when its body is there. Until then it counts as under way all the same. */
  async function beginLater(
    input: CallInput,
    pending: PendingBody,
    startedAtMs: number,
    allowedMs: number,
  ): Promise<Begun> {
    const { signal = null } = input
    live.arriving()
    try {
      const body = await arrival(pending, { signal, deadlineMs: allowedMs, clock })
      return begin(input, body, startedAtMs, allowedMs)
    } finally {
      live.arrived()
    }
  }

  function begin(
    input: CallInput,
    body: RequestBody | Stop | undefined,
    startedAtMs: number,
    allowedMs: number,
  ): Begun {
    const read = readRequest(input, isStop(body) ? undefined : body)
    const { operation, model, stream, choices, maxTokens, repeatable, request } = read
    const hints = read.hints && readHints(read.hints)
    const record = new LiveCall(
      {
        id: random.id(),
        operation,
        model: model && scrubName(model, secrets),
        stream,
        choices,
        maxTokens,
        body: request.body,
        startedAtMs,
        allowedMs,
        targets,
        maxAttempts: repeatable ? options.attempts : 1,
        hints: typeof hints === "string" ? undefined : hints,
      },
      clock,
      events,
    )
    live.add(record)
    events.emit(CallStarted, { call: record })
    return { record, request, hints, body }
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
      toResponse: () => errorResponse(failure, record),
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

  return {
    call,
    idle: (signal) => live.idle(signal),
    close() {
      isClosed = true
      for (const record of live) record.stop(closed)
      forget()
    },
  }
}
