import type { HeaderReader } from "../limits/header-reader.ts"
import { readMessageHint } from "../limits/message-hint.ts"
import { readRetryAfter, readRetryAfterHeader } from "../limits/retry-after.ts"
import type { Operation } from "../request/operation.ts"
import { type ClassifierRule, type Evidence, meets } from "./classifier-rule.ts"
import { classifierRules } from "./classifier-rules.ts"
import type { FailureClass, FailureScope } from "./failure-class.ts"
import { type ProviderError, readProviderError } from "./provider-error.ts"

/** What a failure is, with what the provider itself says of it. */
export interface Classified {
  readonly class: FailureClass
  /** The error in the provider's words. */
  readonly error: ProviderError
  /**
   * Whether the same target may be tried again, where that differs from the failure table: the provider's
   * `x-should-retry`, a 409, a failure of DNS or TLS.
   */
  readonly sameTarget?: boolean
  /** Milliseconds the provider asks to be left alone for. */
  readonly retryAfterMs?: number
  /** What a gate or a park covers, where that differs from the failure table. */
  readonly scope?: FailureScope
}

const verdictOf = (evidence: Evidence, rules: readonly ClassifierRule[]): Omit<Classified, "error"> => {
  const rule =
    rules.find((candidate) => meets(candidate, evidence)) ??
    classifierRules.find((candidate) => meets(candidate, evidence))
  if (rule) {
    return {
      class: rule.class,
      ...(rule.sameTarget !== undefined && { sameTarget: rule.sameTarget }),
      ...(rule.scope !== undefined && { scope: rule.scope }),
    }
  }
  if (evidence.status === undefined) return { class: "broken-response" }
  return { class: evidence.status >= 500 ? "server-error" : "caller-fault" }
}

const readShouldRetry = (headers: HeaderReader): boolean | undefined => {
  const value = headers.get("x-should-retry")?.trim().toLowerCase()
  return value === "true" || value === "false" ? value === "true" : undefined
}

const isPage = (contentType: string | null, body: string): boolean =>
  /\bhtml\b/i.test(contentType ?? "") || /^\s*<(?:!doctype|html)/i.test(body)

/** The classes whose end a rate limit's reset or the words of a message can tell. */
const waits: ReadonlySet<FailureClass> = new Set(["rate-limited", "overloaded"])

/**
 * What a response with a failing status means.
 *
 * @param dateMs - the wall time now, for hints that are dates
 * @param rules - the user's rows, looked at before ours
 * @param operation - what was asked for, where it is known
 */
export const classifyResponse = (
  response: { readonly status: number; readonly headers: HeaderReader; readonly body: string },
  dateMs: number,
  rules: readonly ClassifierRule[] = [],
  operation?: Pick<Operation, "residence">,
): Classified => {
  const { status, headers } = response
  const error = readProviderError(response.body)
  // Below 400 the status has nothing to say of the failure.
  const page = isPage(headers.get("content-type"), response.body)
  const stateless = operation?.residence === "stateless"
  const verdict = verdictOf(status >= 400 ? { status, page, stateless, error } : { error }, rules)
  const sameTarget = readShouldRetry(headers) ?? verdict.sameTarget
  const retryAfterMs = waits.has(verdict.class)
    ? (readRetryAfter(headers, dateMs, status) ?? readMessageHint(error.message))
    : readRetryAfterHeader(headers, dateMs)
  return {
    ...verdict,
    error,
    ...(sameTarget !== undefined && { sameTarget }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** OpenRouter and Google put the HTTP status that they could not send any more into the error's code. */
const statusIn = ({ code }: ProviderError): number | undefined =>
  code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined

/**
 * What an error that came inside a stream, or inside a 200, means. One that says nothing recognisable is a
 * `broken-response`.
 *
 * @param rules - the user's rows, looked at before ours
 */
export const classifyStreamError = (
  error: ProviderError,
  rules: readonly ClassifierRule[] = [],
): Classified => {
  const status = statusIn(error)
  const verdict = verdictOf(status === undefined ? { error } : { status, error }, rules)
  const retryAfterMs = waits.has(verdict.class) ? readMessageHint(error.message) : undefined
  return { ...verdict, error, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
