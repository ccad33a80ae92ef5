import type { FailureClass, FailureScope } from "./failure-class.ts"
import type { ProviderError } from "./provider-error.ts"

/**
 * A status a rule asks for: one status, a hundred of them, or `none` for an error that came without a status of its
 * own (inside a stream or inside a 200).
 */
export type StatusMatcher = number | "4xx" | "5xx" | "none"

/** One row of the classifier. A failure that meets everything the row asks for is of the row's class. */
export interface ClassifierRule {
  readonly class: FailureClass
  /**
   * Words that the error's `code` or `type` may be, in whatever case (providers put the same word in either). A word
   * also stands for its sub-codes: `throttling` for `Throttling.RateQuota`.
   */
  readonly code?: readonly string[]
  /** What the error's message says. */
  readonly message?: RegExp
  /** Statuses the response may have. */
  readonly status?: readonly StatusMatcher[]
  /** Whether the body is a page (HTML): a proxy speaks, not the API behind it. */
  readonly page?: boolean
  /** Whether any endpoint could have answered: nothing that lives at one of them was asked for. */
  readonly stateless?: boolean
  /** What a gate or a park covers, if it is not what the failure table says of the class. */
  readonly scope?: FailureScope
  /** Whether the same target may be tried again, if it is not what the failure table says of the class. */
  readonly sameTarget?: boolean
}

/** What a rule is held against. */
export interface Evidence {
  /** The response's status; none for an error inside a stream or inside a 200. */
  readonly status?: number
  readonly page?: boolean
  readonly stateless?: boolean
  readonly error: ProviderError
}

const isStatus = (matcher: StatusMatcher, status: number | undefined): boolean => {
  if (matcher === "none") return status === undefined
  if (typeof matcher === "number") return status === matcher
  return status !== undefined && Math.floor(status / 100) === Number(matcher.charAt(0))
}

const isCode = (word: string, name: string | undefined): boolean => {
  const wanted = word.toLowerCase()
  const found = name?.toLowerCase()
  return found === wanted || found?.startsWith(`${wanted}.`) === true
}

/** Whether the evidence meets everything the rule asks for. */
export const meets = (
  rule: ClassifierRule,
  { status, page = false, stateless = false, error }: Evidence,
): boolean =>
  (rule.status === undefined || rule.status.some((matcher) => isStatus(matcher, status))) &&
  (rule.page ?? page) === page &&
  (rule.stateless ?? stateless) === stateless &&
  (rule.code === undefined ||
    rule.code.some((word) => isCode(word, error.code) || isCode(word, error.type))) &&
  // Unlike test(), search() is not led astray by the lastIndex of a global expression.
  (rule.message === undefined || (error.message ?? "").search(rule.message) !== -1)
