import type { IncomingMessage } from "node:http"
import type { Refusal } from "../answers/refusal.ts"
import { hostName, isLoopback } from "./loopback.ts"
import { targetFault } from "./request-target.ts"

/** What the guard has to know of the gateway. */
export interface GuardRules {
  /** Whether only this machine can reach it. */
  readonly isLoopback: boolean
  /** Pages of these origins may call. */
  readonly cors: readonly string[]
}

const foreignHost: Refusal = {
  status: 403,
  code: "foreign-host",
  message:
    "This gateway is bound to loopback and answers to localhost and 127.0.0.1 alone, so that no web page can reach it " +
    "under a name of its own. Use one of these names, or bind it to another `gateway.host` and give callers keys.",
}

const foreignOrigin: Refusal = {
  status: 403,
  code: "foreign-origin",
  message: "Web pages of this origin may not call: name it in `gateway.cors` if they should.",
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])

const badMethod: Refusal = {
  status: 405,
  code: "invalid-method",
  message: `The method must be one of ${[...methods].join(", ")}.`,
}

/** Why a request is not even looked at: what no well-meaning client sends. */
export function guard(
  { url = "", method = "", headers }: IncomingMessage,
  rules: GuardRules,
): Refusal | undefined {
  const fault = targetFault(url)
  if (fault !== undefined) return fault
  const { host = "", origin } = headers
  // Browsers ask for leave, nobody else.
  const isPreflight = method === "OPTIONS" && origin !== undefined
  if (!isPreflight && !methods.has(method)) return badMethod
  if (rules.isLoopback && !isLoopback(hostName(host))) return foreignHost
  // A page of another origin can send what it cannot read; browsers tell where it comes from.
  if (origin === undefined || method === "GET" || method === "HEAD") return undefined
  return isOwn(origin, host) || rules.cors.includes(origin) ? undefined : foreignOrigin
}

const isOwn = (origin: string, host: string): boolean => URL.parse(origin)?.host === host
