import type { Fault } from "@bellwether/testing"
import type { FailureClass } from "@bellwether/wire"
import type { Consequences } from "./consequences.ts"
import { brokenAnswers } from "./broken-answers.ts"
import { address, error, fault, status } from "./trouble.ts"
import type { Trouble } from "./trouble.ts"

/** A row of the failure table, as seen from outside. */
export interface Row extends Consequences {
  readonly class: FailureClass
  readonly troubles: readonly Trouble[]
  /** Milliseconds an attempt may take, for the row that is about it. */
  readonly limitMs?: number
}

const callersOwn = { keyFails: "a1", endpointFails: "a1", allFail: "a1", sole: "a1", counts: false } as const

const keysOwn = {
  keyFails: "a1 a2",
  endpointFails: "a1 a2 b1",
  allFail: "a1 a2 b1 c1",
  sole: "a1",
  counts: false,
} as const

/** The same target once more before the call goes down a tier, and then whatever the count of attempts allows. */
const providersOwn = {
  keyFails: "a1 a1 b1",
  endpointFails: "a1 a1 b1",
  allFail: "a1 a1 b1 b1 c1 a1 b1 c1",
  sole: "a1 a1 a1",
  counts: true,
} as const

const repeatedOnce = { ...providersOwn, allFail: "a1 a1 b1 b1 c1 c1" } as const

/** For once the same target is asked as often as the SDK would: nobody else may answer. */
const repeatable = { keyFails: "a1 a1 a1", endpointFails: "a1 a1 a1", allFail: "a1 a1 a1", sole: "a1 a1 a1" }

const notRepeatable = { keyFails: "a1 b1", endpointFails: "a1 b1", allFail: "a1 b1 c1", sole: "a1" }

const told = (code: number, name: string) => ({ told: { status: code, code: name } })
const inStream = (code: number) => ({ question: "chat stream", ...told(code, "stream-error") }) as const

const rateLimit = (message: string): Fault => ({ kind: "error", error: "rate-limited", message })

/** Without a hint, or with a short one, whoever limits the rate is asked once more. */
const askedAgain = { endpointFails: "a1 a2 a2 b1", allFail: "a1 a2 a2 b1 b1 c1 a[12] a[12]" } as const

/** The failure table of the design: its classes, what providers do that means them, and what follows. */
export const rows: readonly Row[] = [
  {
    class: "caller-fault",
    ...callersOwn,
    troubles: [
      error("invalid-request"),
      error("malformed-request"),
      error("prefill-unsupported"),
      error("method-not-allowed"),
      error("too-large"),
      error("unsupported-media"),
      error("unprocessable"),
      error("invalid-request", { question: "messages" }),
      status("a status nobody knows", 418, ""),
      error("conflict", { unlike: repeatable }),
      fault(
        "a 400 that invites another try",
        { kind: "error", error: "invalid-request", shouldRetry: true },
        { unlike: repeatable },
      ),
      fault("a 409 that forbids another try", { kind: "error", error: "conflict", shouldRetry: false }),
    ],
  },
  {
    class: "context-length",
    ...callersOwn,
    keyFails: "a1 c1",
    endpointFails: "a1 c1",
    allFail: "a1 c1",
    troubles: [
      error("context-length"),
      error("context-length", { question: "chat stream" }),
      error("context-length", { question: "messages" }),
      status("a 400 of vLLM", 400, {
        object: "error",
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.",
        type: "BadRequestError",
        code: 400,
      }),
    ],
  },
  {
    class: "content-policy",
    ...callersOwn,
    troubles: [
      error("content-policy"),
      error("content-filter"),
      error("content-policy", { question: "messages" }),
    ],
  },
  {
    class: "model-missing",
    ...callersOwn,
    keyFails: "a1 b1",
    endpointFails: "a1 b1",
    allFail: "a1 b1 c1",
    troubles: [
      error("model-missing"),
      error("unknown-path"),
      error("model-forbidden"),
      error("model-missing", { question: "messages" }),
      status("a gateway without a channel for the model", 503, {
        error: {
          message: "No available channel for model gpt-4o under group default",
          type: "new_api_error",
        },
      }),
    ],
  },
  {
    class: "credential",
    ...keysOwn,
    troubles: [
      error("invalid-key"),
      error("missing-key"),
      error("key-disabled"),
      error("invalid-key", { question: "chat stream" }),
      error("invalid-key", { question: "messages" }),
    ],
  },
  {
    class: "forbidden",
    ...keysOwn,
    troubles: [error("permission-denied"), error("moderation"), error("region"), error("firewall")],
  },
  {
    class: "quota-exhausted",
    ...keysOwn,
    troubles: [
      error("insufficient-quota"),
      error("payment-required"),
      error("balance-exhausted"),
      error("insufficient-quota", { question: "messages" }),
      error("insufficient-quota", { question: "responses stream" }),
    ],
  },
  {
    class: "rate-limited",
    ...keysOwn,
    sole: "a1 a1 a1",
    troubles: [
      fault("a hint in the message", rateLimit("Please try again in 55s.")),
      fault("a hint in the message of a stream", rateLimit("Please try again in 55s."), {
        question: "chat stream",
      }),
      error("rate-limited", { question: "messages", unlike: askedAgain }),
      status("a bare 429", 429, "", { unlike: askedAgain }),
      error("too-many-at-once", { unlike: askedAgain }),
      fault(
        "an error in the stream that says so",
        { kind: "stream-error", error: "too-many-at-once", afterContent: 0 },
        { ...inStream(429), unlike: askedAgain },
      ),
    ],
  },
  {
    class: "overloaded",
    ...providersOwn,
    troubles: [
      error("unavailable"),
      error("overloaded"),
      error("overloaded", { question: "messages" }),
      error("unavailable", { question: "chat stream" }),
      status("a bare 503", 503, ""),
      fault(
        "an error in the stream that says so",
        { kind: "stream-error", error: "overloaded", afterContent: 0 },
        inStream(503),
      ),
    ],
  },
  {
    class: "server-error",
    ...providersOwn,
    troubles: [
      error("server-error"),
      error("bad-gateway"),
      error("gateway-timeout"),
      error("request-timeout"),
      error("cloudflare-520"),
      error("cloudflare-524"),
      error("server-error", { question: "chat stream" }),
      error("server-error", { question: "embeddings" }),
      error("server-error", { question: "messages" }),
      fault(
        "a 500 that forbids another try",
        { kind: "error", error: "server-error", shouldRetry: false },
        { unlike: notRepeatable },
      ),
      fault(
        "an error in the stream that says so",
        { kind: "stream-error", error: "server-error", afterContent: 0 },
        inStream(502),
      ),
    ],
  },
  {
    class: "unreachable",
    ...repeatedOnce,
    troubles: [
      fault("a reset", { kind: "connection-reset" }, told(502, "unreachable")),
      fault("a connection closed without an answer", { kind: "connection-close" }, told(502, "unreachable")),
      fault("a refusal", { kind: "refuse" }, told(502, "unreachable")),
      address("a name nobody knows", () => "http://provider.invalid/v1", {
        ...told(502, "unreachable"),
        unlike: { ...notRepeatable, sole: "a1 a1 a1" },
      }),
      address("a port that speaks no TLS", ({ port }) => `https://127.0.0.1:${port}/v1`, {
        ...told(502, "unreachable"),
        unlike: { ...notRepeatable, sole: "a1 a1 a1" },
      }),
    ],
  },
  {
    class: "timeout",
    ...providersOwn,
    ...notRepeatable,
    limitMs: 40_000,
    // The last target is never cut, so the call's own deadline ends it.
    troubles: [
      fault("nothing ever", { kind: "black-hole" }, told(503, "deadline-exceeded")),
      fault(
        "no headers of a stream",
        { kind: "black-hole" },
        { question: "chat stream", ...told(503, "deadline-exceeded") },
      ),
      fault("half of an answer", { kind: "body-stall" }, told(503, "deadline-exceeded")),
      fault(
        "no content, only keep-alives",
        { kind: "stream-stall", afterContent: 0, keepAliveEveryMs: 5_000 },
        { question: "chat stream", ...told(503, "deadline-exceeded") },
      ),
    ],
  },
  { class: "broken-response", ...repeatedOnce, troubles: brokenAnswers },
]
