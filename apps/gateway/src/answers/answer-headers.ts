import type { Call, ResponseHeaders } from "@bellwether/core"

/** What does not travel from a provider to a caller: what belongs to one connection, and to the provider's own site. */
const kept = new Set([
  "alt-svc",
  "clear-site-data",
  "connection",
  "content-encoding",
  "content-security-policy",
  "date",
  "keep-alive",
  "link",
  "location",
  "nel",
  "proxy-authenticate",
  "proxy-connection",
  "public-key-pins",
  "refresh",
  "report-to",
  "reporting-endpoints",
  "server",
  "service-worker-allowed",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "www-authenticate",
  "x-powered-by",
])

const keptFamilies = ["access-control-", "cf-", "x-bellwether-"]

/** An answer that somebody opens in a browser can do nothing in the gateway's name. */
const harmless = [
  "content-security-policy",
  "sandbox; default-src 'none'",
  "x-content-type-options",
  "nosniff",
]

/**
 * The headers of an answer, names and values by turns: the provider's that a caller may see, and where it came from.
 *
 * @param length the body's length, where it is known
 * @param hasTrail whether the caller asked for the trail, which core then writes
 */
export function answerHeaders(
  headers: ResponseHeaders,
  call: Call,
  length: number | undefined,
  hasTrail: boolean,
): string[] {
  const flat = [...harmless]
  for (const [name, value] of headers) {
    if (name === "content-length" ? length !== undefined : isKept(name)) continue
    flat.push(name, value)
  }
  if (length !== undefined) flat.push("content-length", String(length))
  const served = call.attempts.findLast(({ committed }) => committed)
  flat.push("x-bellwether-call", call.id, "x-bellwether-attempts", String(call.attempts.length))
  if (served !== undefined) flat.push("x-bellwether-target", served.target.id)
  const trail = hasTrail ? headers.get("x-bellwether-trail") : null
  if (trail !== null) flat.push("x-bellwether-trail", trail)
  return flat
}

const isKept = (name: string): boolean =>
  kept.has(name) || keptFamilies.some((family) => name.startsWith(family))
