import { type EventShape, endOfShape, shapeOf } from "./event-shape.ts"
import type { SseEvent } from "./sse-event.ts"

/** This many events in a row that were like none before: then those of the stream have no shape in common. */
const patience = 16
/** Longer events are none that come often. */
const maxLength = 4_096

/** Reads events that are like one before, without looking at their lines. */
export interface EventMould {
  /** The event that begins here in the text, if it is of the known shape. */
  read(text: string, from: number): SseEvent | undefined
  /** Takes the shape of an event that was read from this text, its blank line included. */
  cast(text: string, event: SseEvent): void
}

/** A mould for the events of one stream: what the last two that were cast have in common is the shape. */
export const createEventMould = (): EventMould => {
  let shape: EventShape | undefined
  let lastText = ""
  let last: SseEvent | undefined
  let dataFrom = 0
  let casts = 0
  return {
    read(text, from) {
      if (shape === undefined || last === undefined) return undefined
      const end = endOfShape(shape, text, from)
      if (end === -1) return undefined
      casts = 0
      const data = text.slice(from + dataFrom, end - 2)
      return last.type === undefined ? { data, end, like: last } : { type: last.type, data, end, like: last }
    },
    cast(text, event) {
      if (casts === patience || text.length > maxLength) return
      casts += 1
      dataFrom = text.length - 2 - event.data.length
      // Its data is its last line, and all of it.
      const isPlain = /(?:^|\n)data: $/.test(text.slice(0, dataFrom)) && text.endsWith(`${event.data}\n\n`)
      const common = isPlain ? shapeOf(text, lastText) : undefined
      // Where the first gap is: behind the beginning of the data.
      shape = common !== undefined && (common.parts[0] ?? "").length >= dataFrom ? common : undefined
      lastText = text
      last = event
    },
  }
}
