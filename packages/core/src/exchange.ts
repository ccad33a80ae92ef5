import {
  classifyResponse,
  classifyStreamError,
  classifyThrown,
  isEventStream,
  readAnswer,
} from "@bellwether/wire"
import type { Classified, ClassifierRule, ProviderError } from "@bellwether/wire"
import type { Answer, Failed } from "./answer.ts"
import type { BareResponse, ByteReader } from "./bare-response.ts"
import { joinBytes } from "./bytes.ts"
import type { Clock } from "./clock.ts"
import { Delivery } from "./delivery.ts"
import type { Endpoint } from "./endpoint.ts"
import { EventBody } from "./event-body.ts"
import type { EventBodyOptions } from "./event-body.ts"
import type { Failure } from "./failure.ts"
import * as failures from "./failures.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import type { LiveCall } from "./live-call.ts"
import { PipelineError } from "./pipeline-error.ts"
import { PlainBody } from "./plain-body.ts"
import type { AttemptRequest } from "./request.ts"
import { scrubError, scrubHeaders, scrubText, withoutKeys } from "./scrub.ts"
import { abandoned } from "./stop.ts"
import type { Transport } from "./transport.ts"
import { Upstream } from "./upstream.ts"

type Bytes = Uint8Array<ArrayBuffer>

const decoder = new TextDecoder()

/** An answer read whole may be this large. */
const maxAnswerBytes = 128 * 1024 * 1024
/** Of an error body this much is kept, and it may take this long. */
const maxErrorBytes = 256 * 1024
const errorBodyMs = 5_000

/** What an exchange needs beside its attempt. */
export interface ExchangeServices {
  readonly transport: Transport<BareResponse>
  readonly clock: Clock
  readonly rules: readonly ClassifierRule[]
}

/**
 * Sends one request to one target and reads the answer up to its commit point. Resolves as soon as the attempt
 * fails, whatever the transport does.
 */
export function exchange(
  attempt: LiveAttempt,
  request: AttemptRequest,
  endpoint: Endpoint,
  services: ExchangeServices,
): Promise<Answer> {
  if (attempt.ending !== undefined) return Promise.resolve(failedAnswer(attempt))
  return new Promise((resolve) => {
    attempt.onFailure(resolve)
    run(attempt, request, endpoint, services).then(resolve, (error: unknown) => {
      attempt.fail(thrown(attempt, error))
      resolve(failedAnswer(attempt))
    })
  })
}

async function run(
  attempt: LiveAttempt,
  request: AttemptRequest,
  endpoint: Endpoint,
  { transport, clock, rules }: ExchangeServices,
): Promise<Answer> {
  const response = await transport(endpoint, request, attempt.target.key)
  attempt.headersCame(response.status)
  if (attempt.ending !== undefined) {
    response.body?.cancel(abandoned).catch(() => {})
    return failedAnswer(attempt)
  }
  if (!isAnswer(response.status)) {
    attempt.fail(await readErrorStatus(attempt, response, endpoint, clock, rules))
    return failedAnswer(attempt)
  }
  if (response.body === null) return bodiless(attempt, response, request) ?? failedAnswer(attempt)
  const classify = (error: ProviderError): Classified =>
    classifyStreamError(scrubError(error, endpoint), rules)
  const reading = { clock, classify, request: request.body, endpoint }
  const answer = await readBody(attempt, response, response.body, reading)
  return answer ?? failedAnswer(attempt)
}

/** "Your copy is still good" is an answer too. */
const isAnswer = (status: number): boolean => (status >= 200 && status < 300) || status === 304

function failedAnswer(attempt: LiveAttempt): Failed {
  const failure = attempt.ending?.failure
  if (failure === undefined) throw new TypeError("An attempt without a failure has no failed answer.")
  return { ok: false, failure, attempt }
}

function thrown(attempt: LiveAttempt, error: unknown): Failure {
  if (PipelineError.is(error, "redirect-refused")) return failures.redirectRefused(attempt, error.status ?? 0)
  if (PipelineError.is(error, "key-unavailable")) return failures.keyUnavailable(attempt, error.cause)
  return failures.noResponse(attempt, classifyThrown(error), error)
}

async function readErrorStatus(
  attempt: LiveAttempt,
  response: BareResponse,
  endpoint: Endpoint,
  clock: Clock,
  rules: readonly ClassifierRule[],
): Promise<Failure> {
  const { status } = response
  const headers = scrubHeaders(response.headers, endpoint)
  const raw = response.body === null ? new Uint8Array() : await readSome(attempt, response.body, clock)
  const said = decoder.decode(raw)
  const text = scrubText(said, endpoint)
  const classified = classifyResponse(
    { status, headers, body: text },
    clock.date(),
    rules,
    attempt.call.operation,
  )
  const body = text === said ? raw : new TextEncoder().encode(text)
  return failures.errorStatus(attempt, classified, { status, headers, body })
}

/** As much of an error body as comes soon and is worth keeping. A body that breaks off tells what it told. */
async function readSome(attempt: LiveAttempt, reader: ByteReader, clock: Clock): Promise<Bytes> {
  const pieces: Bytes[] = []
  const giveUp = (): void => void reader.cancel(abandoned).catch(() => {})
  const timer = clock.after(errorBodyMs, giveUp)
  attempt.observe({ end: giveUp })
  let length = 0
  try {
    while (length < maxErrorBytes) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
      pieces.push(value)
    }
  } catch {
    // What has been read is kept: the status says enough.
  } finally {
    timer.cancel()
  }
  return joinBytes(pieces).subarray(0, maxErrorBytes)
}

const wantsEvents = ({ stream, operation }: LiveCall): boolean => stream && operation.grammar !== undefined

function bodiless(attempt: LiveAttempt, response: BareResponse, request: AttemptRequest): Answer | undefined {
  const { call } = attempt
  const mayBeEmpty =
    response.status === 304 ||
    request.method === "HEAD" ||
    (call.operation.answer === "any" && !wantsEvents(call))
  if (!mayBeEmpty) return void attempt.fail(failures.emptyAnswer(attempt))
  attempt.commit()
  attempt.succeed()
  return new Delivery(attempt, response)
}

function readBody(
  attempt: LiveAttempt,
  response: BareResponse,
  body: ByteReader,
  options: EventBodyOptions,
): Promise<Answer | undefined> {
  const { call } = attempt
  const { answer } = call.operation
  // To somebody who asked for one whole answer a stream is none.
  const mayBeEvents = call.stream || answer !== "json"
  if (mayBeEvents && isEventStream(response.headers.get("content-type")))
    return held(attempt, response, new EventBody(attempt, body, options))
  if (wantsEvents(call) || answer === "json") return whole(attempt, response, body, options)
  return held(attempt, response, new PlainBody(attempt, body, answer === "any"))
}

async function whole(
  attempt: LiveAttempt,
  response: BareResponse,
  body: ByteReader,
  { classify, endpoint }: EventBodyOptions,
): Promise<Answer | undefined> {
  const { call } = attempt
  const bytes = await readWhole(attempt, body)
  if (bytes === undefined) return undefined
  const contentType = response.headers.get("content-type")
  const facts = readAnswer(call.operation, contentType, decoder.decode(bytes))
  if (!facts.ok || wantsEvents(call)) {
    const reason = facts.ok ? "The answer is no stream" : facts.reason
    const told = facts.ok || facts.error === undefined ? undefined : classify(facts.error)
    return void attempt.fail(failures.wrongAnswer(attempt, reason, told))
  }
  attempt.used(facts.usage)
  attempt.labelled(withoutKeys(facts.label, endpoint))
  if (facts.id !== undefined) attempt.keeps(facts.id)
  attempt.commit()
  attempt.succeed()
  return new Delivery(attempt, response, bytes)
}

async function held(
  attempt: LiveAttempt,
  response: BareResponse,
  source: EventBody | PlainBody,
): Promise<Answer | undefined> {
  attempt.body = source
  await source.hold()
  return attempt.committed ? new Delivery(attempt, response, source) : undefined
}

async function readWhole(attempt: LiveAttempt, body: ByteReader): Promise<Bytes | undefined> {
  const upstream = new Upstream(attempt, body, (chunk) => chunk)
  attempt.observe({ end: ({ failure }) => failure && upstream.interrupt() })
  const pieces: Bytes[] = []
  let length = 0
  for (;;) {
    const chunk = await upstream.read()
    if (chunk === undefined) return upstream.ended ? joinBytes(pieces) : undefined
    attempt.progress()
    pieces.push(chunk)
    length += chunk.length
    if (length > maxAnswerBytes) return void attempt.fail(failures.answerTooLarge(attempt, maxAnswerBytes))
  }
}
