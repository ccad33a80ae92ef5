import { wholeNumber, type Checks } from "@bellwether/core"
import type { Piece } from "../reply.ts"

/** A place in a stream. Where both are given, the bytes count. */
export interface StreamPosition {
  /** Right after so many content events: 0 is before the first, and more than there are is after the last. @default 1 */
  readonly afterContent?: number
  /** After so many bytes of the body, in the middle of an event if need be. */
  readonly afterBytes?: number
}

/** What a place may be. */
export const positionChecks: Checks<StreamPosition> = { afterContent: wholeNumber, afterBytes: wholeNumber }

type Split = readonly [before: readonly Piece[], after: readonly Piece[]]

/** The pieces before and after a place in the stream. */
export const splitAt = (
  pieces: readonly Piece[],
  { afterContent = 1, afterBytes }: StreamPosition,
): Split => {
  if (afterBytes !== undefined) return splitAtByte(pieces, afterBytes)
  const content = pieces.flatMap(({ part }, index) => (part === "content" ? [index] : []))
  const [first = 0] = content
  const last = content[Math.min(afterContent, content.length) - 1]
  const index = last === undefined ? first : last + 1
  return [pieces.slice(0, index), pieces.slice(index)]
}

/** The same at a byte: the piece that holds it becomes two. */
export const splitAtByte = (pieces: readonly Piece[], atByte: number): Split => {
  let room = atByte
  for (const [index, each] of pieces.entries()) {
    if (each.bytes.length <= room) {
      room -= each.bytes.length
      continue
    }
    const head = room === 0 ? [] : [{ ...each, bytes: each.bytes.subarray(0, room) }]
    const tail = room === 0 ? each : { ...each, bytes: each.bytes.subarray(room), delayMs: 0 }
    return [
      [...pieces.slice(0, index), ...head],
      [tail, ...pieces.slice(index + 1)],
    ]
  }
  return [pieces, []]
}
