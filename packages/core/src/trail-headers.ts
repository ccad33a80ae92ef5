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

/** The response of a call that is to tell its trail: the call's id, who served it, its attempts, the trail as JSON. */
export function withTrail(response: Response, call: Call, served?: Target): Response {
  if (!call.hint(Trail)) return response
  const { status, statusText } = response
  const headers = new Headers(response.headers)
  headers.set(`${hintPrefix}call`, call.id)
  if (served !== undefined) headers.set(`${hintPrefix}target`, served.id)
  headers.set(`${hintPrefix}attempts`, String(call.attempts.length))
  headers.set(`${hintPrefix}trail`, trailText(call.trail))
  return new Response(response.body, { status, statusText, headers })
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
