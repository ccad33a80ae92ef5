import { errorBody } from "@bellwether/wire"
import type { Grammar } from "@bellwether/wire"

/** Why the gateway itself answers a request with an error. */
export interface Refusal {
  readonly status: number
  /** In kebab-case. */
  readonly code: string
  /** What is wrong, and what to do about it. */
  readonly message: string
  /** When it may be tried again. */
  readonly retryAfterMs?: number
  /** Whether a client does well to try again by itself. @default false */
  readonly isPassing?: true
  readonly headers?: Readonly<Record<string, string>>
}

/** OpenAI's words for kinds of errors, by status. */
const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "server_error",
  501: "server_error",
  503: "server_error",
}

/** The refusal's body, in the shape the caller's SDK reads. */
export const refusalBody = ({ status, code, message }: Refusal, grammar: Grammar | undefined): string =>
  errorBody(grammar, { message, type: types[status] ?? "invalid_request_error", code })

/** The refusal's headers. */
export function refusalHeaders({ retryAfterMs, isPassing, headers }: Refusal): Record<string, string> {
  return {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-should-retry": String(isPassing ?? false),
    ...(retryAfterMs !== undefined && {
      "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
    }),
    ...headers,
  }
}

/** A refusal as the answer to what is no call. */
export const refused = (refusal: Refusal): Response =>
  new Response(refusalBody(refusal, undefined), { status: refusal.status, headers: refusalHeaders(refusal) })

/** The grammar of the SDK that asks for a path: Anthropic's for `/v1/messages`. */
export const grammarOf = (url: string): Grammar | undefined =>
  /^\/v1\/messages(?:[/?]|$)/.test(url) ? "messages" : undefined
