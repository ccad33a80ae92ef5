import { flag, milliseconds, must, oneOf, ratio, recordOf, required, text } from "@bellwether/core"
import { documentReply, withHeaders, type Reply } from "../reply.ts"
import { hintHeaders, retryHintCheck, type RetryHint } from "../retry-hint.ts"
import { errorReply, providerErrorNames, type ProviderErrorName } from "../serving/error-reply.ts"
import { replaced, type Family, type Scene } from "./family.ts"

/** What an answer may say about trying again. */
interface Hints {
  readonly retryAfter?: RetryHint
  /** The `x-should-retry` header. */
  readonly shouldRetry?: boolean
}

/** An error of the catalogue, with the body real providers send. */
interface ErrorFault extends Hints {
  readonly kind: "error"
  readonly error: ProviderErrorName
  /** In place of the error's own sentence, where the body has the common shape. */
  readonly message?: string
}

/** Any status. */
interface StatusFault extends Hints {
  readonly kind: "status"
  readonly status: number
  /** Text is sent as it is, anything else as JSON. @default "" */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Sent elsewhere. */
interface RedirectFault {
  readonly kind: "redirect"
  /** @default 307 */
  readonly status?: 301 | 302 | 303 | 307 | 308
  /** @default the same path of another origin, where the same provider logs what arrives */
  readonly location?: string
}

/** Some requests get 503, the others are slow: an endpoint on its way down. */
interface BrownOutFault {
  readonly kind: "brown-out"
  /** @default 0.3 */
  readonly errorRate?: number
  /** How many times as long the others take. @default 3 */
  readonly slowdown?: number
}

/** The head comes later. */
interface LatencyFault {
  readonly kind: "latency"
  /** @default 0 */
  readonly ms?: number
  /** All that takes time takes so many times as long. @default 1 */
  readonly factor?: number
}

/** Faults that are proper HTTP answers, only not the one hoped for. */
export type AnswerFault =
  | ErrorFault
  | StatusFault
  | RedirectFault
  /** 204 without a body. */
  | { readonly kind: "no-content" }
  | BrownOutFault
  | LatencyFault

const factor = must("a number of at least 0", (value) => Number.isFinite(value) && Number(value) >= 0)
const finalStatus = must(
  "a status from 200 to 599",
  (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) < 600,
)
const redirection = must("301, 302, 303, 307 or 308", (value) =>
  [301, 302, 303, 307, 308].includes(Number(value)),
)
const hints = { retryAfter: retryHintCheck, shouldRetry: flag }

/** What each of these faults takes and does. */
export const answerFaults: Family<AnswerFault> = {
  error: {
    options: { error: required(oneOf(providerErrorNames)), message: text, ...hints },
    strike: (reply, fault, scene) =>
      replaced(reply, hinted(errorReply(fault.error, scene.request, fault.message), fault, scene)),
  },
  status: {
    options: { status: required(finalStatus), body: () => [], headers: recordOf(text), ...hints },
    strike(reply, fault, scene) {
      const { status, body = "", headers } = fault
      const answer =
        typeof body === "string"
          ? documentReply(status, "text/plain; charset=utf-8", body, headers)
          : documentReply(status, "application/json", JSON.stringify(body), headers)
      return replaced(reply, hinted(answer, fault, scene))
    },
  },
  redirect: {
    options: { status: redirection, location: text },
    strike(reply, { status = 307, location }, { otherOrigin, request }) {
      const query = new URLSearchParams(request.query).toString()
      const path = query === "" ? request.path : `${request.path}?${query}`
      return replaced(
        reply,
        documentReply(status, "text/plain", "", { location: location ?? otherOrigin + path }),
      )
    },
  },
  "no-content": {
    options: {},
    strike: (reply) => ({ ...reply, head: { status: 204, headers: {} }, pieces: [], ending: "complete" }),
  },
  "brown-out": {
    options: { errorRate: ratio, slowdown: factor },
    strike: (reply, { errorRate = 0.3, slowdown = 3 }, { chance, request }) =>
      chance < errorRate ? replaced(reply, errorReply("unavailable", request)) : slowed(reply, slowdown),
  },
  latency: {
    options: { ms: milliseconds, factor },
    strike(reply, { ms = 0, factor = 1 }) {
      const slow = slowed(reply, factor)
      return { ...slow, delayMs: slow.delayMs + ms }
    },
  },
}

const hinted = (reply: Reply, { retryAfter, shouldRetry }: Hints, { dateMs }: Scene): Reply =>
  withHeaders(reply, {
    ...(retryAfter === undefined ? {} : hintHeaders(retryAfter, dateMs)),
    ...(shouldRetry === undefined ? {} : { "x-should-retry": String(shouldRetry) }),
  })

const slowed = (reply: Reply, factor: number): Reply => ({
  ...reply,
  delayMs: reply.delayMs * factor,
  workMs: reply.workMs * factor,
  pieces: reply.pieces.map((each) => ({ ...each, delayMs: each.delayMs * factor })),
})
