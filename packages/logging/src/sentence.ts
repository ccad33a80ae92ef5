import type { Fields } from "./logger.ts"

/**
 * What a person reads: what happened, to whom, for how long, and why. All of it stands in the fields too.
 *
 * @param words what happened, without a full stop
 */
export function sentence(words: string, fields: Fields): string {
  const about = [whoOf(fields), fields["model"], changeOf(fields), leftOf(fields), lengthOf(fields)]
  const told = about.filter((part) => part !== undefined).join(", ")
  const why = fields["reason"] ?? fields["class"]
  return `${words}${told && `: ${told}`}${why === undefined ? "" : `; ${why}`}.`
}

/** A target, or an endpoint of one, or a budget and whose it is, or the event of another one. */
function whoOf({ target, endpoint, key, name, subject, event }: Fields): Fields[string] | undefined {
  if (target !== undefined) return target
  if (endpoint !== undefined) return key === undefined ? endpoint : `${endpoint}/${key}`
  if (name !== undefined) return subject === undefined ? name : `${name} of ${subject}`
  return event
}

function changeOf({ from, to }: Fields): string | undefined {
  if (to === undefined) return from === undefined ? undefined : `from ${from}`
  return from === undefined ? `now ${to}` : `${from} → ${to}`
}

function leftOf({ left, limit, unit }: Fields): string | undefined {
  if (left === undefined || unit === undefined) return undefined
  return limit === undefined ? `${left} ${unit} left` : `${left} of ${limit} ${unit} left`
}

/** What is so for a while, or what has taken it. */
function lengthOf({ forMs, durationMs, call, attempt }: Fields): string | undefined {
  if (typeof forMs === "number") return `for ${inSeconds(forMs)}`
  if (typeof durationMs !== "number") return undefined
  const isOver = call !== undefined || attempt !== undefined
  return `${isOver ? "after" : "for"} ${inSeconds(durationMs)}`
}

const inSeconds = (ms: number): string => `${Number((ms / 1_000).toFixed(ms < 10_000 ? 1 : 0))} s`
