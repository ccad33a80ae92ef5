import type { ResponseHeaders } from "./bare-response.ts"
import type { Call } from "./call.ts"
import { defineHint, hintPrefix } from "./hint.ts"
import type { Hint } from "./hint.ts"
import type { Target } from "./target.ts"

/** Whether the answer of this call tells in its headers where it came from. */
export const Trail: Hint<boolean> = defineHint("trail", "true or false", (text) =>
  text === "true" ? true : text === "false" ? false : undefined,
)

/** Servers and proxies take some 8 kB of headers; a longer trail is there by `pipeline.explain`. */
const mostBytes = 4_096

/** An answer's headers, with the trail of its call where the caller wants it. */
export function withTrail(given: ResponseHeaders, call: Call, served: Target): ResponseHeaders {
  if (!call.hint(Trail)) return given
  const headers = new Headers([...given])
  tellTrail(headers, call, served)
  return headers
}

/** Tells, where the caller wants it, the call's id, who served it, its attempts, and the trail as JSON. */
export function tellTrail(headers: Headers, call: Call, served?: Target): void {
  if (!call.hint(Trail)) return
  headers.set(`${hintPrefix}call`, call.id)
  if (served !== undefined) headers.set(`${hintPrefix}target`, served.id)
  headers.set(`${hintPrefix}attempts`, String(call.attempts.length))
  headers.set(`${hintPrefix}trail`, trailText(call.trail))
}

/** The trail, or of a long one its end, and how many entries were left out before it. */
function trailText(trail: Call["trail"]): string {
  const entries = trail.map((entry) => headerText(JSON.stringify(entry)))
  let length = 0
  const begin = entries.findLastIndex((entry) => (length += entry.length + 1) > mostBytes) + 1
  const kept = entries.slice(begin)
  return `[${(begin === 0 ? kept : [`{"leftOut":${begin}}`, ...kept]).join(",")}]`
}

/** JSON may escape what a header cannot carry. */
const headerText = (json: string): string =>
  json.replaceAll(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
