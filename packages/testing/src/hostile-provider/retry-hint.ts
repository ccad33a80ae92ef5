import { milliseconds, oneOf, required, shape } from "@bellwether/core"
import { duration } from "./serving/limit-headers.ts"

const forms = [
  "seconds",
  "float-seconds",
  "http-date",
  "milliseconds",
  "reset-requests",
  "reset-tokens",
  "reset-epoch",
  "anthropic-reset",
  "garbage",
  "negative",
  "past-date",
  "absurd",
  "empty",
] as const

/** How a hint is written; the last five are broken on purpose. */
export type RetryHintForm = (typeof forms)[number]

/** When the provider says to come back. */
export interface RetryHint {
  readonly as: RetryHintForm
  /** How long to wait; broken forms ignore it. @default 1000 */
  readonly ms?: number
}

/** What a hint may be. */
export const retryHintCheck = shape<RetryHint>({ as: required(oneOf(forms)), ms: milliseconds })

/** The headers of a hint given at this wall time. */
export const hintHeaders = (
  { as, ms = 1000 }: RetryHint,
  dateMs: number,
): Readonly<Record<string, string>> => {
  const at = new Date(dateMs + ms)
  const headers: Readonly<Record<RetryHintForm, () => Readonly<Record<string, string>>>> = {
    seconds: () => ({ "retry-after": String(Math.ceil(ms / 1000)) }),
    "float-seconds": () => ({ "retry-after": String(ms / 1000) }),
    "http-date": () => ({ "retry-after": new Date(Math.ceil(at.getTime() / 1000) * 1000).toUTCString() }),
    milliseconds: () => ({ "retry-after-ms": String(ms) }),
    "reset-requests": () => ({
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": duration(ms),
    }),
    "reset-tokens": () => ({ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": duration(ms) }),
    "reset-epoch": () => ({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(at.getTime()) }),
    "anthropic-reset": () => ({
      "anthropic-ratelimit-requests-remaining": "0",
      "anthropic-ratelimit-requests-reset": at.toISOString(),
    }),
    garbage: () => ({ "retry-after": "soon" }),
    negative: () => ({ "retry-after": "-5" }),
    "past-date": () => ({ "retry-after": new Date(0).toUTCString() }),
    absurd: () => ({ "retry-after": "99999999999999999999" }),
    empty: () => ({ "retry-after": "" }),
  }
  return headers[as]()
}
