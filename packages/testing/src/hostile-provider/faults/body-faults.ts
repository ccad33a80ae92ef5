import { gzipSync } from "node:zlib"
import { count, flag, oneOf, positiveMilliseconds, required, text, wholeNumber } from "@bellwether/core"
import {
  byteCount,
  documentReply,
  encode,
  joined,
  piece,
  slices,
  withHeaders,
  type Piece,
  type Reply,
} from "../reply.ts"
import { providerErrorNames, wordError, type ProviderErrorName } from "../serving/error-reply.ts"
import { proxyPage } from "../serving/provider-error.ts"
import { replaced, type Family } from "./family.ts"
import { splitAtByte } from "./position.ts"

/** 200 with an error in it. */
interface BodyErrorFault {
  readonly kind: "body-error"
  /** @default "server-error" */
  readonly error?: ProviderErrorName
}

/** The body breaks off. */
interface BodyCutFault {
  readonly kind: "body-cut"
  /** @default half of the body */
  readonly atByte?: number
  /** Whether the socket is closed in order or reset. @default "close" */
  readonly ending?: "close" | "reset"
  /** Whether no length is declared beforehand. @default as the answer would have had it */
  readonly chunked?: boolean
}

/** The body stops, and the socket stays open. */
interface BodyStallFault {
  readonly kind: "body-stall"
  /** @default half of the body */
  readonly atByte?: number
}

/** The body comes in small chunks, with a wait before each. */
interface BodyTrickleFault {
  readonly kind: "body-trickle"
  readonly everyMs: number
  /** @default 16 */
  readonly chunkBytes?: number
}

/** The right body under another content type. */
interface BodyContentTypeFault {
  readonly kind: "body-content-type"
  /** @default "text/plain" */
  readonly contentType?: string
}

/** The body is declared as gzip. */
interface BodyGzipFault {
  readonly kind: "body-gzip"
  /** It is `valid`, for comparison; or `plain`, `broken` in its middle, `cut` before its end. @default "broken" */
  readonly how?: "valid" | "plain" | "broken" | "cut"
}

/** White space before the right body, which JSON allows. */
interface BodyHugeFault {
  readonly kind: "body-huge"
  /** At least so many in all. */
  readonly bytes: number
}

/** Faults of a body whose head promised well. */
export type BodyFault =
  | BodyErrorFault
  /** 200 with a page of HTML. */
  | { readonly kind: "body-html" }
  /** 200 with nothing, after the headers of something. */
  | { readonly kind: "body-empty" }
  /** JSON that does not parse: its end is missing, though its length is as declared. */
  | { readonly kind: "body-malformed" }
  | BodyCutFault
  | BodyStallFault
  | BodyTrickleFault
  | BodyContentTypeFault
  | BodyGzipFault
  | BodyHugeFault

/** What each of these faults takes and does. */
export const bodyFaults: Family<BodyFault> = {
  "body-error": {
    options: { error: oneOf(providerErrorNames) },
    strike(reply, { error = "server-error" }, { request }) {
      const { contentType, text: body } = wordError(error, request)
      return replaced(reply, documentReply(200, contentType, body))
    },
  },
  "body-html": {
    options: {},
    strike: (reply) =>
      replaced(
        reply,
        documentReply(200, "text/html; charset=UTF-8", proxyPage("Welcome to nginx!", "nginx")),
      ),
  },
  "body-empty": { options: {}, strike: (reply) => withLength({ ...reply, pieces: [] }) },
  "body-malformed": {
    options: {},
    strike(reply) {
      const [kept] = splitAtByte(reply.pieces, Math.max(1, byteCount(reply.pieces) - 2))
      return withLength({ ...reply, pieces: kept })
    },
  },
  "body-cut": {
    options: { atByte: wholeNumber, ending: oneOf(["close", "reset"]), chunked: flag },
    strike(reply, { atByte = half(reply), ending = "close", chunked = false }) {
      const cut: Reply = { ...reply, pieces: splitAtByte(reply.pieces, atByte)[0], ending }
      return chunked ? withHeaders(cut, { "content-length": undefined }) : cut
    },
  },
  "body-stall": {
    options: { atByte: wholeNumber },
    strike: (reply, { atByte = half(reply) }) => ({
      ...reply,
      pieces: splitAtByte(reply.pieces, atByte)[0],
      ending: "hold",
    }),
  },
  "body-trickle": {
    options: { everyMs: required(positiveMilliseconds), chunkBytes: count },
    strike: (reply, { everyMs, chunkBytes = 16 }) => ({
      ...reply,
      pieces: slices(reply.pieces, chunkBytes).map((each) => ({ ...each, delayMs: each.delayMs + everyMs })),
    }),
  },
  "body-content-type": {
    options: { contentType: text },
    strike: (reply, { contentType = "text/plain" }) => withHeaders(reply, { "content-type": contentType }),
  },
  "body-gzip": {
    options: { how: oneOf(["valid", "plain", "broken", "cut"]) },
    strike(reply, { how = "broken" }) {
      const plain = joined(reply.pieces)
      const bytes = how === "plain" ? plain : spoiled(gzipSync(plain), how)
      const packed = { ...reply, pieces: [piece(bytes, "document")] }
      return withLength(withHeaders(packed, { "content-encoding": "gzip" }))
    },
  },
  "body-huge": {
    options: { bytes: required(wholeNumber) },
    strike(reply, { bytes }) {
      const blank = piece(encode(" ".repeat(65_536)), "noise")
      const blanks = Math.ceil(Math.max(0, bytes - byteCount(reply.pieces)) / blank.bytes.length)
      return withLength({
        ...reply,
        pieces: [...Array.from({ length: blanks }, () => blank), ...reply.pieces],
      })
    },
  },
}

const half = ({ pieces }: { readonly pieces: readonly Piece[] }): number => Math.floor(byteCount(pieces) / 2)

/** A declared length is kept true; an undeclared one stays undeclared. */
const withLength = (reply: Reply): Reply =>
  reply.head?.headers["content-length"] === undefined
    ? reply
    : withHeaders(reply, { "content-length": String(byteCount(reply.pieces)) })

// RFC 1952: ten bytes of header, eight of checksum and length; what lies between is the deflated data.
const spoiled = (gzip: Uint8Array, how: "valid" | "broken" | "cut"): Uint8Array => {
  if (how === "valid") return gzip
  if (how === "cut") return gzip.subarray(0, gzip.length - 12)
  return gzip.map((byte, index) => (index >= 10 && index < gzip.length - 8 ? byte ^ 0xff : byte))
}
