import type { Call, CallRequest } from "@bellwether/core"

/** Whether a second request would help and do no harm: a stream that can go elsewhere, and leaves nothing behind. */
export const isHedgeable = ({ stream, operation, candidates, committed }: Call): boolean =>
  stream &&
  operation.grammar !== undefined &&
  operation.residence === "stateless" &&
  candidates.length > 1 &&
  !committed

/** Quotes within a JSON text are escaped, so this is never part of what somebody says. */
const otherServers = /"type"\s*:\s*"mcp|"mcp_servers"\s*:\s*\[\s*\{/

/** Whether the provider itself calls tools of other servers, which may do more than answer. */
export function mayAct({ body }: CallRequest): boolean {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
  return typeof text !== "string" || otherServers.test(text)
}
