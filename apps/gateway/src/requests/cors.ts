import type { IncomingMessage, ServerResponse } from "node:http"

const dayS = 86_400

/**
 * Lets the pages of some origins read answers, and tells their browsers what they may send.
 *
 * @returns whether that was all there was to answer
 */
export function letPages(
  { headers, method }: IncomingMessage,
  outgoing: ServerResponse,
  origins: readonly string[],
): boolean {
  const { origin } = headers
  if (origin === undefined || !origins.includes(origin)) return false
  outgoing.setHeader("access-control-allow-origin", origin)
  outgoing.setHeader("access-control-expose-headers", "*")
  outgoing.setHeader("vary", "Origin")
  if (method !== "OPTIONS") return false
  outgoing.setHeader("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
  outgoing.setHeader("access-control-allow-headers", headers["access-control-request-headers"] ?? "*")
  outgoing.setHeader("access-control-max-age", dayS)
  outgoing.writeHead(204).end()
  return true
}
