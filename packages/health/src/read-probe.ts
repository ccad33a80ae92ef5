import { classifyResponse, classifyThrown, failureTable } from "@bellwether/wire"
import type { FailureClass } from "@bellwether/wire"
import type { ProbeFinding, ProbeResult } from "./probe-result.ts"

/** What a probe expects of an answer. */
export interface Expectation {
  isStatus(status: number): boolean
  /** Looks at the text; may throw, for it is the user's. Without it, anything but a web page is right. */
  readonly answer: ((text: string) => boolean) | undefined
}

/** An answer to a probe, as far as it was read. */
export interface ProbeAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Whether the text of an answer matters; if not, it need not be read. */
export function wantsText(status: number, { isStatus, answer }: Expectation): boolean {
  return !isStatus(status) || answer !== undefined
}

/** What an answer says. */
export function readAnswer(answer: ProbeAnswer, expected: Expectation, dateMs: number): ProbeFinding {
  const { status, headers, text } = answer
  if (!expected.isStatus(status)) return unexpectedStatus(answer, dateMs)
  const reason = `HTTP ${status}`
  const asExpected = { outcome: "up", health: "success", reason, kind: "up", status } as const
  const isRight = expected.answer ?? (() => !isPage(headers))
  try {
    if (isRight(text)) return asExpected
    const kind = "unexpected-answer"
    return { outcome: "down", health: "failure", reason: `${reason} with an unexpected answer`, kind, status }
  } catch {
    // A mistake of whoever looks must not take a target out of use.
    const kind = "check-threw"
    return {
      outcome: "error",
      health: "neutral",
      reason: `${reason}, but the check of its answer threw`,
      kind,
      status,
    }
  }
}

/** What a proxy or a login shows in place of an answer. */
const isPage = (headers: Headers): boolean => /\bhtml\b/i.test(headers.get("content-type") ?? "")

function unexpectedStatus({ status, headers, text }: ProbeAnswer, dateMs: number): ProbeFinding {
  const { class: kind } = classifyResponse({ status, headers, body: text }, dateMs)
  const health = healthOfStatus(status, kind)
  return { outcome: "down", health, reason: `HTTP ${status}`, kind, status }
}

/**
 * An endpoint that answers 4xx is there, though it may not have the path, or not for this key: many have no `/models`,
 * and keys can be limited to completions. 408 is what proxies say for a target that does not answer.
 */
function healthOfStatus(status: number, kind: FailureClass): ProbeResult["health"] {
  if (status >= 400 && status < 500 && status !== 408)
    return failureTable[kind].health === "key" ? "key-failure" : "neutral"
  return "failure"
}

/** What it says that there was no answer. */
export function readThrown(error: unknown): ProbeFinding {
  const { class: kind, error: said } = classifyThrown(error)
  const message = said.message ?? "no answer"
  const reason = said.code === undefined ? message : `${message} (${said.code})`
  const { health } = failureTable[kind]
  if (kind === "timeout") return { outcome: "timeout", health: "failure", reason, kind }
  return { outcome: "error", health: health === "counts" ? "failure" : "neutral", reason, kind }
}

/** What it says that the time was over. */
export function readSilence(timeoutMs: number): ProbeFinding {
  return {
    outcome: "timeout",
    health: "failure",
    reason: `no answer within ${timeoutMs / 1_000} s`,
    kind: "timeout",
  }
}
