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

const fieldValue = (line: string, from: number): string =>
  line.slice(line.charCodeAt(from) === space ? from + 1 : from)

/** The event that the lines before a blank line make. */
export const readBlock = (block: string, end: number): SseEvent => {
  // Nearly every event is one data line, or an event line with a data line behind it.
  if (block.startsWith("data:") && !block.includes("\n") && !block.includes("\r")) {
    return { data: fieldValue(block, 5), end }
  }
  let type: string | undefined
  let data: string | undefined
  for (const line of block.split(/\r\n|\n|\r/)) {
    if (line.startsWith("data:")) {
      const value = fieldValue(line, 5)
      data = data === undefined ? value : `${data}\n${value}`
    } else if (line.startsWith("event:")) type = fieldValue(line, 6)
    // A field without a colon has an empty value.
    else if (line === "data") data = data === undefined ? "" : `${data}\n`
  }
  return { ...(type && { type }), data: data ?? "", end }
}
