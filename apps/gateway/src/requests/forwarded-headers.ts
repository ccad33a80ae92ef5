import type { IncomingHttpHeaders } from "node:http"

/**
 * What does not travel to a provider beside what core keeps back (credentials, cookies, hop-by-hop headers): who the
 * caller is and how it got here, what its browser adds, and what our own transport decides.
 */
const kept = new Set([
  "accept-encoding",
  "content-length",
  "forwarded",
  "http2-settings",
  "max-forwards",
  "origin",
  "proxy-connection",
  "referer",
  "true-client-ip",
  "upgrade-insecure-requests",
  "via",
  "x-bellwether-caller",
  "x-client-ip",
  "x-csrf-token",
  "x-real-ip",
])

const keptFamilies = [
  "access-control-",
  "cf-",
  "sec-",
  "x-envoy-",
  "x-forwarded-",
  "x-original-",
  "x-rewrite-",
]

/**
 * The caller's headers that a provider may see.
 *
 * @param caller who core is told that it is; it tells nobody
 */
export function forwardedHeaders(headers: IncomingHttpHeaders, caller?: string): Record<string, string> {
  const named = namedByConnection(headers.connection)
  const forwarded: Record<string, string> = {}
  if (caller !== undefined) forwarded["x-bellwether-caller"] = caller
  for (const name in headers) {
    const value = headers[name]
    if (typeof value !== "string" || kept.has(name) || named?.has(name)) continue
    if (keptFamilies.some((family) => name.startsWith(family))) continue
    forwarded[name] = value
  }
  return forwarded
}

/** Headers that belong to this one connection because `Connection` names them (RFC 9110, 7.6.1). */
function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return undefined
  return new Set(connection.split(",").map((name) => name.trim().toLowerCase()))
}
