import { type EventShape, fit, shapeOf } from "./event-shape.ts"
import type { SseEvent } from "./sse-event.ts"

const lineFeed = 10
const field = "data: "

/** This many events in a row that were like none before: then those of the stream have no shape in common. */
const patience = 16
/** Longer events are none that come often. */
const maxBytes = 4_096

/** Reads events that are like one before, without decoding them. */
export interface EventMould {
  /** The events of these bytes, if all of them are of the known shape. */
  read(bytes: Uint8Array): readonly SseEvent[] | undefined
  /** Takes the shape of an event that was read from these bytes, its blank line included. */
  cast(bytes: Uint8Array, event: SseEvent): void
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** An event that is decoded only if somebody wants to see it. */
class LikeEvent implements SseEvent {
  readonly like: SseEvent
  readonly longer: number
  readonly end: number
  readonly #bytes: Uint8Array
  readonly #dataFrom: number

  constructor(like: SseEvent, longer: number, end: number, bytes: Uint8Array, dataFrom: number) {
    this.like = like
    this.longer = longer
    this.end = end
    this.#bytes = bytes
    this.#dataFrom = dataFrom
  }

  get type(): string | undefined {
    return this.like.type
  }

  get data(): string {
    return decoder.decode(this.#bytes.subarray(this.#dataFrom, this.end - 2))
  }
}

/** Where the data of an event stands that has all of it in its last line, as most have; -1 of another. */
const dataOf = (bytes: Uint8Array, { data }: SseEvent): number => {
  const from = bytes.lastIndexOf(lineFeed, bytes.length - 3) + 1
  return decoder.decode(bytes.subarray(from)) === `${field}${data}\n\n` ? from + field.length : -1
}

/** A mould for the events of one stream: what the last two that were cast have in common is the shape. */
export const createEventMould = (): EventMould => {
  let shape: EventShape | undefined
  let last: { readonly bytes: Uint8Array; readonly event: SseEvent; readonly dataFrom: number } | undefined
  let casts = 0
  return {
    read(bytes) {
      if (shape === undefined || last === undefined) return undefined
      const events: SseEvent[] = []
      for (let from = 0; from < bytes.length;) {
        const fitting = fit(shape, bytes, from)
        if (fitting === undefined) return undefined
        const { end, longer } = fitting
        events.push(new LikeEvent(last.event, longer, end, bytes, from + last.dataFrom))
        from = end
      }
      casts = 0
      return events
    },
    cast(bytes, event) {
      if (casts === patience || bytes.length > maxBytes) return
      casts += 1
      const before = last
      const dataFrom = dataOf(bytes, event)
      last = dataFrom === -1 ? undefined : { bytes: bytes.slice(), event, dataFrom }
      shape = last && before && shapeOf(last.bytes, before.bytes)
      // What is no data has to be the same.
      if (shape !== undefined && (shape.ends[0] ?? 0) < dataFrom) shape = undefined
    },
  }
}
