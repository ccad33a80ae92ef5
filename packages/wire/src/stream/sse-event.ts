/** One event of an event stream: what stands before a blank line, be it a comment or nothing at all. */
export interface SseEvent {
  /** Its `event` field. */
  readonly type?: string
  /** Its `data` lines, joined by line feeds; empty for comments and keep-alives. */
  readonly data: string
  /** Where it ends, behind its blank line, in the chunk that completed it. */
  readonly end: number
  /** Set when it was too long to be read; its data is then empty. */
  readonly oversized?: true
}

const space = 32

// Comparing codes beats startsWith() several times over.
const begins = (text: string, from: number, field: string): boolean => {
  for (let index = 0; index < field.length; index++) {
    if (text.charCodeAt(from + index) !== field.charCodeAt(index)) return false
  }
  return true
}

const valueOf = (text: string, from: number, to: number): string =>
  text.slice(text.charCodeAt(from) === space ? from + 1 : from, Math.max(from, to))

/**
 * The event whose lines stand in the text from one place to another; they are separated by line feeds.
 *
 * @param end - the event's end among the bytes
 */
export const readEvent = (text: string, from: number, to: number, end: number): SseEvent => {
  let type = ""
  let data: string | undefined
  for (let at = from; at < to;) {
    const feedAt = text.indexOf("\n", at)
    const lineEnd = feedAt === -1 || feedAt > to ? to : feedAt
    if (begins(text, at, "data") && lineEnd >= at + 4) {
      const value =
        lineEnd === at + 4 ? "" : text.charCodeAt(at + 4) === 58 ? valueOf(text, at + 5, lineEnd) : undefined
      if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
    } else if (begins(text, at, "event:")) type = valueOf(text, at + 6, lineEnd)
    at = lineEnd + 1
  }
  return type === "" ? { data: data ?? "", end } : { type, data: data ?? "", end }
}
