import { readEvent, type SseEvent } from "./sse-event.ts"

const lineFeed = 10

/** Where the event that begins at `from` ends among the bytes; it has LF line ends and is known to be whole. */
const endOf = (bytes: Uint8Array, from: number): number => {
  if (bytes[from] === lineFeed) return from + 1
  let at = bytes.indexOf(lineFeed, from)
  while (bytes[at + 1] !== lineFeed) at = bytes.indexOf(lineFeed, at + 1)
  return at + 2
}

/** Whether the bytes end in an empty line. */
export const endsInBlankLine = (bytes: Uint8Array): boolean =>
  bytes[bytes.length - 1] === lineFeed && bytes[bytes.length - 2] === lineFeed

/**
 * The events of bytes that hold nothing but whole events with LF line ends. Strings are searched many times faster
 * than bytes, so the work is done in the text.
 *
 * @param text - the same bytes, decoded
 */
export const readWholeEvents = (bytes: Uint8Array, text: string): readonly SseEvent[] => {
  const events: SseEvent[] = []
  for (let from = 0; from < text.length;) {
    const event = readEvent(text, from)
    events.push(event)
    from = event.end
  }
  // Where each character is one byte, places in the text are places among the bytes.
  if (text.length === bytes.length) return events
  let end = 0
  return events.map((event) => ({ ...event, end: (end = endOf(bytes, end)) }))
}
