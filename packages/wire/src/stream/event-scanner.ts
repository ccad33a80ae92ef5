import { createEventMould } from "./event-mould.ts"
import { createHeldBytes } from "./held-bytes.ts"
import { readEvent, type SseEvent } from "./sse-event.ts"
import { endsInBlankLine, readWholeEvents } from "./whole-events.ts"

const lineFeed = 10
const carriageReturn = 13
const byteOrderMark = 0xfeff
/** The first of its bytes in UTF-8. */
const firstOfMark = 0xef

/** Cuts the bytes of an event stream into events, however they are chunked. */
export interface EventScanner {
  /** The events that end in this chunk. */
  push(chunk: Uint8Array): readonly SseEvent[]
  /** The unfinished event at the end of the stream, read as if it had been finished; undefined if there is none. */
  flush(): SseEvent | undefined
  /** Whether bytes of an unfinished event are waiting for their end. */
  readonly pending: boolean
}

/** Options of {@link createEventScanner}. */
export interface EventScannerOptions {
  /**
   * Bytes of an unfinished event that are kept. A longer one is not read: its parts pass as `oversized` events without
   * data.
   * @default 16_777_216
   */
  readonly maxEventBytes?: number
}

/**
 * A scanner for one event stream: lines end in LF, CRLF or CR, a blank line ends an event. Source: the WHATWG HTML
 * standard, §9.2 (Server-sent events).
 */
export const createEventScanner = ({
  maxEventBytes = 16_777_216,
}: EventScannerOptions = {}): EventScanner => {
  // A byte order mark belongs to the stream, not to each event.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
  const held = createHeldBytes()
  const mould = createEventMould()
  let atStart = true
  let withReturns = false // this stream has line ends other than LF
  let afterReturn = false // the last chunk ended in CR, whose LF may still come
  let midLine = false // the last chunk ended inside a line
  let oversized = false // the current event is too long and no longer held

  const read = (bytes: Uint8Array, end: number): SseEvent => {
    if (oversized) {
      oversized = false
      return { data: "", end, oversized: true }
    }
    const text = withReturns ? decoder.decode(bytes).replace(/\r\n?/g, "\n") : decoder.decode(bytes)
    const from = atStart && text.charCodeAt(0) === byteOrderMark ? 1 : 0
    atStart = false
    return readEvent(text, from, end)
  }

  const finish = (part: Uint8Array, end: number): SseEvent => {
    if (held.length === 0) return read(part, end)
    held.add(part)
    return read(held.take(), end)
  }

  const keep = (part: Uint8Array, end: number): SseEvent | undefined => {
    if (!oversized && held.length + part.length <= maxEventBytes) {
      held.add(part)
      return undefined
    }
    held.take()
    oversized = true
    return { data: "", end, oversized: true }
  }

  const scan = (chunk: Uint8Array): readonly SseEvent[] => {
    const events: SseEvent[] = []
    // The LF of a CR that has already ended its line is no part of what follows.
    let lineFrom = afterReturn && chunk[0] === lineFeed ? 1 : 0
    let eventFrom = lineFrom
    let feedAt = chunk.indexOf(lineFeed, lineFrom)
    let returnAt = chunk.indexOf(carriageReturn, lineFrom)
    withReturns ||= returnAt !== -1
    afterReturn = chunk[chunk.length - 1] === carriageReturn
    while (feedAt !== -1 || returnAt !== -1) {
      const byReturn = returnAt !== -1 && (feedAt === -1 || returnAt < feedAt)
      const lineEnd = byReturn ? returnAt : feedAt
      const next = byReturn && feedAt === lineEnd + 1 ? lineEnd + 2 : lineEnd + 1
      if (lineEnd === lineFrom && !midLine) {
        events.push(finish(chunk.subarray(eventFrom, lineEnd), next))
        eventFrom = next
      }
      midLine = false
      lineFrom = next
      if (feedAt !== -1 && feedAt < next) feedAt = chunk.indexOf(lineFeed, next)
      if (returnAt !== -1 && returnAt < next) returnAt = chunk.indexOf(carriageReturn, next)
    }
    midLine ||= lineFrom < chunk.length
    const part = eventFrom < chunk.length ? keep(chunk.subarray(eventFrom), chunk.length) : undefined
    if (part) events.push(part)
    return events
  }

  const castLast = (chunk: Uint8Array, events: readonly SseEvent[]): readonly SseEvent[] => {
    const last = events.at(-1)
    if (last !== undefined) mould.cast(chunk.subarray(events.at(-2)?.end ?? 0), last)
    return events
  }

  const isPending = (): boolean => oversized || held.length > 0

  return {
    push(chunk) {
      if (chunk.length === 0) return []
      const mayBeMarked = atStart && chunk[0] === firstOfMark
      if (!mayBeMarked && !withReturns && !isPending() && endsInBlankLine(chunk)) {
        const like = mould.read(chunk)
        if (like !== undefined) return like
        const text = decoder.decode(chunk)
        if (!text.includes("\r")) {
          atStart = false
          return castLast(chunk, readWholeEvents(chunk, text))
        }
      }
      return scan(chunk)
    },
    flush() {
      if (!isPending()) return undefined
      afterReturn = midLine = false
      return read(held.take(), 0)
    },
    get pending() {
      return isPending()
    },
  }
}
