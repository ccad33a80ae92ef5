/** One event of an event stream: what stands before a blank line, be it a comment or nothing at all. */
export interface SseEvent {
  /** Its `event` field. */
  readonly type?: string | undefined
  /** Its `data` lines, joined by line feeds; empty for comments and keep-alives. */
  readonly data: string
  /** Where it ends, behind its blank line, in the chunk that completed it. */
  readonly end: number
  /** An earlier event that says the same but for its texts and its longer numbers. */
  readonly like?: SseEvent
  /** How many characters longer than that one it is. */
  readonly longer?: number
  /** Set when it was too long to be read; its data is then empty. */
  readonly oversized?: true
}

const lineFeed = 10
const space = 32
const colon = 58

/** The value of the line's field if it has this name; a field without a colon has an empty value. */
const readField = (text: string, from: number, to: number, name: string): string | undefined => {
  // Comparing codes beats startsWith() several times over.
  for (let index = 0; index < name.length; index++) {
    if (text.charCodeAt(from + index) !== name.charCodeAt(index)) return undefined
  }
  const end = from + name.length
  if (end === to) return ""
  if (end > to || text.charCodeAt(end) !== colon) return undefined
  const value = end + 1
  return text.slice(value < to && text.charCodeAt(value) === space ? value + 1 : value, to)
}

/**
 * The event whose lines begin here in the text, up to a blank line or the text's end; they are separated by line feeds.
 *
 * @param end - the event's end among the bytes, where it is another one than in the text
 */
export const readEvent = (text: string, from: number, end?: number): SseEvent => {
  let type: string | undefined
  let data: string | undefined
  let at = from
  while (at < text.length && text.charCodeAt(at) !== lineFeed) {
    const feedAt = text.indexOf("\n", at)
    const lineEnd = feedAt === -1 ? text.length : feedAt
    const line = readField(text, at, lineEnd, "data")
    if (line === undefined) type = readField(text, at, lineEnd, "event") ?? type
    else data = data === undefined ? line : `${data}\n${line}`
    at = lineEnd + 1
  }
  end ??= at + 1
  return type ? { type, data: data ?? "", end } : { data: data ?? "", end }
}
