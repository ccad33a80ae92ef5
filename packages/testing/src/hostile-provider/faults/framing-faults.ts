import { count, must, oneOf, required, wholeNumber } from "@bellwether/core"
import { encode, joined, piece, slices, type Piece } from "../reply.ts"
import type { Family } from "./family.ts"
import { splitAtByte } from "./position.ts"

/** Chunks that cut apart whatever is there, characters too. */
interface StreamSliceFault {
  readonly kind: "stream-slice"
  /** @default 1 */
  readonly chunkBytes?: number
}

/** One chunk up to a byte, another from there on. */
interface StreamSplitFault {
  readonly kind: "stream-split"
  readonly atByte: number
}

/** Other ends of lines, all of them legal. */
interface StreamLineEndsFault {
  readonly kind: "stream-line-ends"
  /** @default "\r\n" */
  readonly lineEnd?: "\r\n" | "\r"
}

/** A comment before every event. */
interface StreamCommentsFault {
  readonly kind: "stream-comments"
  /** @default ": keep-alive" */
  readonly comment?: string
}

/** The first content event is blown up, with blanks in its JSON. */
interface StreamBigEventFault {
  readonly kind: "stream-big-event"
  /** @default 1 MiB */
  readonly bytes?: number
}

/** Streams that say the right thing in an unusual way. A reader that is worth its name does not notice. */
export type FramingFault =
  StreamSliceFault | StreamSplitFault | StreamLineEndsFault | StreamCommentsFault | StreamBigEventFault

const aComment = must(
  'a text that begins with ":"',
  (value) => typeof value === "string" && /^:[^\r\n]*$/.test(value),
)

/** What each of these faults takes and does. */
export const framingFaults: Family<FramingFault> = {
  "stream-slice": {
    options: { chunkBytes: count },
    strike: (reply, { chunkBytes = 1 }) => ({ ...reply, pieces: slices(reply.pieces, chunkBytes) }),
  },
  "stream-split": {
    options: { atByte: required(wholeNumber) },
    strike: (reply, { atByte }) => ({
      ...reply,
      pieces: splitAtByte(reply.pieces, atByte)
        .filter((side) => side.length > 0)
        .map((side) => piece(joined(side), "content")),
    }),
  },
  "stream-line-ends": {
    options: { lineEnd: oneOf(["\r\n", "\r"]) },
    strike: (reply, { lineEnd = "\r\n" }) => ({
      ...reply,
      pieces: reply.pieces.map((each) => rewritten(each, (text) => text.replaceAll("\n", lineEnd))),
    }),
  },
  "stream-comments": {
    options: { comment: aComment },
    strike: (reply, { comment = ": keep-alive" }) => ({
      ...reply,
      pieces: reply.pieces.flatMap((each) => [piece(`${comment}\n\n`, "noise"), each]),
    }),
  },
  "stream-big-event": {
    options: { bytes: count },
    strike(reply, { bytes = 1_048_576 }) {
      const at = reply.pieces.findIndex(({ part }) => part === "content")
      return {
        ...reply,
        pieces: reply.pieces.map((each, index) => (index === at ? blownUp(each, bytes) : each)),
      }
    },
  },
}

const blownUp = (each: Piece, bytes: number): Piece => {
  const blanks = " ".repeat(Math.max(0, bytes - each.bytes.length))
  return rewritten(each, (text) => text.replace("data: {", `data: {${blanks}`))
}

const decoder = new TextDecoder()

const rewritten = (each: Piece, rewrite: (text: string) => string): Piece => ({
  ...each,
  bytes: encode(rewrite(decoder.decode(each.bytes))),
})
