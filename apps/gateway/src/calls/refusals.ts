import type { Refusal } from "../answers/refusal.ts"
import type { Caller } from "../callers/callers.ts"

export const wrongKey: Refusal = {
  status: 401,
  code: "invalid-api-key",
  message: "This gateway does not know the API key: use one of those under `gateway.keys` in its config.",
  headers: { "www-authenticate": "Bearer" },
}

export const noKey: Refusal = {
  ...wrongKey,
  code: "missing-api-key",
  message:
    "No API key was sent: send one of those under `gateway.keys` in this gateway's config, as a bearer token.",
}

export const noRealtime: Refusal = {
  status: 501,
  code: "no-realtime",
  message:
    "WebSockets, and so the Realtime API, do not pass through this gateway: there is no moving a session to another " +
    "provider. Connect to the provider itself.",
}

export const noPath: Refusal = {
  status: 404,
  code: "unknown-path",
  message:
    "There is nothing behind this path: calls go to paths such as /v1/chat/completions, and /status shows how " +
    "the gateway is.",
}

export const closing: Refusal = {
  status: 503,
  code: "gateway-closing",
  message: "This gateway is shutting down: try another one, or this one in a moment.",
  retryAfterMs: 5_000,
  isPassing: true,
  headers: { connection: "close" },
}

export const tooManyAtOnce = ({ id, concurrency }: Caller): Refusal => ({
  status: 429,
  code: "too-many-at-once",
  message: `The key ${id} may have ${concurrency} calls at once, and has them: wait for one to end.`,
  retryAfterMs: 1_000,
})

export const broken: Refusal = {
  status: 500,
  code: "gateway-fault",
  message: "The gateway itself failed at this request; its log tells more.",
}

export const noTarget: Refusal = {
  status: 503,
  code: "no-target",
  message: "No endpoint takes calls at the moment: look at the gateway's status page for why.",
  retryAfterMs: 5_000,
}
