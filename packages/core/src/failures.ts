import type { Classified, FailureClass, ProviderError } from "@bellwether/wire"
import type { Failure, KeptResponse } from "./failure.ts"
import { plainCause } from "./plain-cause.ts"
import type { Target } from "./target.ts"

/** Who a failure speaks of. */
interface Subject {
  readonly target: Target
}

/** What each class means, as the end of a sentence about a target. */
const meanings: Readonly<Record<FailureClass, string>> = {
  "caller-fault": "it cannot serve this request",
  "context-length": "the request is longer than its context",
  "content-policy": "its content policy refuses the request",
  "model-missing": "it does not have this model",
  credential: "its key is wrong, expired or revoked: check the key in the provider's console",
  forbidden: "it forbids this request: check what the key and this region may use",
  "quota-exhausted": "its quota or balance is used up: top up, or wait for the reset",
  "rate-limited": "too many requests for its key",
  overloaded: "it is overloaded",
  "server-error": "it failed inside",
  unreachable: "it could not be reached: check the network, DNS and TLS",
  timeout: "it took too long",
  "broken-response": "its answer is broken",
  cancelled: "the caller gave up",
  superseded: "another attempt answered first",
  "target-refused": "it is not taking calls now",
  "call-refused": "the call may not go on",
}

type More = Pick<Failure, "status" | "response" | "cause" | "provider">

function failed(
  { target }: Subject,
  event: string,
  code: string,
  { class: failureClass, sameTarget, retryAfterMs, scope }: Omit<Classified, "error">,
  more: More = {},
  reason: string = meanings[failureClass],
): Failure {
  return {
    class: failureClass,
    code,
    message: `${target.id} ${event}: ${reason}.`,
    ...(sameTarget !== undefined && { sameTarget }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(scope !== undefined && { scope }),
    ...more,
  }
}

const broken = { class: "broken-response" } as const

/** A provider of one's own could not say where to send the request, or what. */
export function unaddressed(subject: Subject, cause: unknown): Failure {
  const classified: Classified = { class: "unreachable", error: {}, sameTarget: false }
  const failure = failed(subject, "could not be addressed", "address-failed", classified, { cause })
  return { ...failure, message: `${subject.target.id} could not be addressed: its provider's \`url\` threw.` }
}

/** What the network did, as the end of a sentence. */
const networkReason = ({ message = "the connection failed", code }: ProviderError): string =>
  `${message.charAt(0).toLowerCase()}${message.slice(1)}${code === undefined ? "" : ` (${code})`}`

/** The provider answered with an error status. */
export function errorStatus(subject: Subject, classified: Classified, response: KeptResponse): Failure {
  const { status } = response
  const more = { status, response, provider: classified.error }
  return failed(subject, `answered ${status}`, classified.class, classified, more)
}

/** The exchange threw before there was a response. */
export function noResponse(subject: Subject, classified: Classified, error: unknown): Failure {
  const reason = networkReason(classified.error)
  const cause = plainCause(error)
  return failed(subject, "gave no answer", classified.class, classified, { cause }, reason)
}

/** The body was cut by the network. */
export function brokenBody(subject: Subject, classified: Classified, error: unknown): Failure {
  const reason = networkReason(classified.error)
  const cause = plainCause(error)
  return failed(subject, "broke off its answer", "answer-cut", classified, { cause }, reason)
}

/** The stream ended without its terminal event. */
export function streamCut(subject: Subject): Failure {
  return failed(subject, "ended its stream before it was complete", "stream-cut", broken)
}

/** The stream itself told of an error. */
export function streamError(subject: Subject, classified: Classified): Failure {
  return failed(subject, "reported an error in its stream", "stream-error", classified, {
    provider: classified.error,
  })
}

/** The stream began with something that is no event of its grammar. */
export function malformedStream(subject: Subject): Failure {
  return failed(subject, "sent an event that cannot be read", "stream-malformed", broken)
}

/** A successful status with nothing behind it. */
export function emptyAnswer(subject: Subject): Failure {
  return failed(subject, "answered with an empty body", "answer-empty", broken)
}

/** A successful status with a body that is not what was asked for. */
export function wrongAnswer(subject: Subject, reason: string, told?: Classified): Failure {
  const failure = failed(
    subject,
    "answered",
    "answer-broken",
    told ?? broken,
    told && { provider: told.error },
  )
  return { ...failure, message: `${subject.target.id}: ${reason}.` }
}

/** The body is larger than the pipeline is willing to hold. */
export function answerTooLarge(subject: Subject, maxBytes: number): Failure {
  return failed(subject, `answered with more than ${maxBytes} bytes`, "answer-too-large", broken)
}

/** The key could not be had. */
export function keyUnavailable(subject: Subject, cause: unknown): Failure {
  return failed(
    subject,
    "has no key: its key function failed",
    "key-unavailable",
    { class: "credential" },
    { cause },
  )
}

/** The provider sent us elsewhere, where the key must not go. */
export function redirectRefused(subject: Subject, status: number): Failure {
  const event = `answered ${status}, a redirect that is not followed because the key would go along`
  // Without the status: told with it, the failure would look like a redirect to whoever gets it.
  return failed(subject, event, "redirect-refused", broken)
}
