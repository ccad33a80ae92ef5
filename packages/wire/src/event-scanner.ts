import { readBlock, type SseEvent } from "./sse-event.ts"

const lineFeed = 10
const carriageReturn = 13

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
   * Bytes that one event may have. What is longer passes as one or more `oversized` events without data.
   * @default 16_777_216
   */
  readonly maxEventBytes?: number
}

/** Bytes of an unfinished event; grows by doubling, so that an event in one-byte chunks costs linear time. */
const createHeldBytes = () => {
  let bytes = new Uint8Array(0)
  let length = 0
  return {
    add(part: Uint8Array): void {
      if (length + part.length > bytes.length) {
        const grown = new Uint8Array(Math.max(1024, 2 * bytes.length, length + part.length))
        grown.set(bytes.subarray(0, length))
        bytes = grown
      }
      bytes.set(part, length)
      length += part.length
    },
    take(): Uint8Array {
      const taken = bytes.subarray(0, length)
      length = 0
      if (bytes.length > 65_536) bytes = new Uint8Array(0)
      return taken
    },
    get length() {
      return length
    },
  }
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
  let first = true
  let afterReturn = false // the last chunk ended in CR, whose LF may still come
  let midLine = false // the last chunk ended inside a line
  let oversized = false // the bytes of the current event are no longer held

  const read = (bytes: Uint8Array, end: number): SseEvent => {
    if (oversized) {
      oversized = false
      return { data: "", end, oversized: true }
    }
    const text = decoder.decode(bytes)
    if (!first) return readBlock(text, end)
    first = false
    return readBlock(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, end)
  }

  const finish = (chunk: Uint8Array, from: number, to: number, end: number): SseEvent => {
    const part = chunk.subarray(from, to)
    if (held.length === 0) return read(part, end)
    held.add(part)
    return read(held.take(), end)
  }

  return {
    push(chunk) {
      const events: SseEvent[] = []
      if (chunk.length === 0) return events
      let lineFrom = 0
      let blockFrom = 0
      if (afterReturn) {
        afterReturn = false
        if (chunk[0] === lineFeed) {
          lineFrom = 1
          // Of an event that the CR has ended, the LF is no part any more.
          if (held.length === 0 && !oversized) blockFrom = 1
        }
      }
      let feedAt = chunk.indexOf(lineFeed, lineFrom)
      let returnAt = chunk.indexOf(carriageReturn, lineFrom)
      while (feedAt !== -1 || returnAt !== -1) {
        const byReturn = returnAt !== -1 && (feedAt === -1 || returnAt < feedAt)
        const lineEnd = byReturn ? returnAt : feedAt
        const next = lineEnd + (byReturn && feedAt === lineEnd + 1 ? 2 : 1)
        if (byReturn && next === chunk.length && feedAt === -1) afterReturn = true
        if (lineEnd === lineFrom && !midLine) {
          events.push(finish(chunk, blockFrom, lineEnd, next))
          blockFrom = next
        }
        midLine = false
        lineFrom = next
        if (feedAt !== -1 && feedAt < next) feedAt = chunk.indexOf(lineFeed, next)
        if (returnAt !== -1 && returnAt < next) returnAt = chunk.indexOf(carriageReturn, next)
      }
      if (lineFrom < chunk.length) midLine = true
      if (blockFrom < chunk.length) {
        if (!oversized && held.length + chunk.length - blockFrom > maxEventBytes) {
          held.take()
          oversized = true
        }
        if (oversized) events.push({ data: "", end: chunk.length, oversized: true })
        else held.add(chunk.subarray(blockFrom))
      }
      return events
    },
    flush() {
      if (!this.pending) return undefined
      afterReturn = midLine = false
      return read(held.take(), 0)
    },
    get pending() {
      return oversized || held.length > 0
    },
  }
}
