import { defineHint } from "@bellwether/core"
import type { Call, CallRequest, Hint } from "@bellwether/core"

const longestSession = 200

/** What the caller calls the session, in `x-bellwether-session`. */
export const Session: Hint<string> = defineHint(
  "session",
  `a text of 1 to ${longestSession} characters`,
  (text) => (text === "" || text.length > longestSession ? undefined : text),
)

/** What belongs together: as the caller says, or else as the request shows. */
export const sessionOf = (call: Call, { body }: CallRequest): string | undefined =>
  call.hint(Session) ?? (body === undefined ? undefined : readSession(body))

/** Only so much at both ends of a body is read, in characters or bytes: parsing it all would cost more than it gains. */
const endSize = 4_096

/** Where prompt caches begin to cache, in characters: some 256 tokens. */
const prefixLength = 1_024

/** A key that is no part of a text: in a text its quotes are escaped. */
const [cacheKey, user] = ["prompt_cache_key", "user"].map(
  (key) => new RegExp(String.raw`(?<!\\)"${key}"\s*:\s*"((?:[^"\\]|\\.){1,${longestSession}})"`),
) as [RegExp, RegExp]

const promptStart = /(?<!\\)"(?:messages|input|prompt|system|instructions)"\s*:\s*/

function readSession(body: NonNullable<CallRequest["body"]>): string | undefined {
  const ends = endsOf(body)
  if (ends === undefined) return undefined
  const both = ends.join("\n")
  return cacheKey.exec(both)?.[1] ?? user.exec(both)?.[1] ?? prefixOf(ends[0])
}

/** The beginning of the prompt, if it is long enough for anybody to cache it. */
function prefixOf(text: string): string | undefined {
  const start = promptStart.exec(text)
  if (start === null) return undefined
  const from = start.index + start[0].length
  const prefix = text.slice(from, from + prefixLength)
  return prefix.length === prefixLength ? prefix : undefined
}

function endsOf(body: NonNullable<CallRequest["body"]>): readonly [string, string] | undefined {
  if (typeof body === "string") return [body.slice(0, endSize), body.slice(endSize).slice(-endSize)]
  if (!(body instanceof Uint8Array)) return undefined
  const decoder = new TextDecoder()
  return [
    decoder.decode(body.subarray(0, endSize)),
    decoder.decode(body.subarray(endSize).subarray(-endSize)),
  ]
}
