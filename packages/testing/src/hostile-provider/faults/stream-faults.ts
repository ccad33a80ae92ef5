import { oneOf, positiveMilliseconds, required } from "@bellwether/core"
import { encode, parts, piece, type ReplyPart, type Piece, type Reply } from "../reply.ts"
import { providerErrorNames, type ProviderErrorName } from "../serving/error-reply.ts"
import { replaced, type Family } from "./family.ts"
import { inBandError, inBandForms, type InBandForm } from "./in-band-error.ts"
import { positionChecks, splitAt, type StreamPosition } from "./position.ts"

/** The stream stops. */
interface StreamCutFault extends StreamPosition {
  readonly kind: "stream-cut"
  /**
   * `clean` ends HTTP in order, so that only the missing terminal tells; `close` closes the socket without the end
   * that HTTP wants.
   *
   * @default "clean"
   */
  readonly ending?: "clean" | "close"
}

/** The connection is reset. */
interface StreamResetFault extends StreamPosition {
  readonly kind: "stream-reset"
}

/** Silence, with the socket open. */
interface StreamStallFault extends StreamPosition {
  readonly kind: "stream-stall"
  /** Sends comments (Anthropic: pings) meanwhile. @default not */
  readonly keepAliveEveryMs?: number
}

/** An error event, after which the stream ends in order. */
interface StreamErrorFault extends StreamPosition {
  readonly kind: "stream-error"
  /** @default "server-error" */
  readonly error?: ProviderErrorName
  /** @default the form the grammar's own provider uses */
  readonly form?: InBandForm
}

/** An event with broken JSON, or bytes that are no text; then the stream goes on. */
interface StreamGarbageFault extends StreamPosition {
  readonly kind: "stream-garbage"
  /** @default "json" */
  readonly garbage?: "json" | "bytes"
}

/** A wait before every content event. */
interface StreamTrickleFault {
  readonly kind: "stream-trickle"
  readonly everyMs: number
}

/** All events of one part are left out: without `terminal` no `[DONE]`, without `finish` no `finish_reason`. */
interface StreamOmitFault {
  readonly kind: "stream-omit"
  readonly part: ReplyPart
}

/** Faults in the course of a stream: it breaks off, stalls, errs or lacks a part. Other answers are spared. */
export type StreamFault =
  | StreamCutFault
  | StreamResetFault
  | StreamStallFault
  | StreamErrorFault
  | StreamGarbageFault
  | StreamTrickleFault
  | StreamOmitFault
  /** The head of a stream, then its end in order: not one event. */
  | { readonly kind: "stream-empty" }
  /** The whole stream comes, and the socket stays open after its terminal. */
  | { readonly kind: "stream-held-open" }
  /** Answered with the JSON of a plain answer, as a proxy does that does not know streams. */
  | { readonly kind: "stream-as-json" }

const until = (reply: Reply, position: StreamPosition): Reply => ({
  ...reply,
  pieces: splitAt(reply.pieces, position)[0],
})

/** What each of these faults takes and does. */
export const streamFaults: Family<StreamFault> = {
  "stream-cut": {
    options: { ...positionChecks, ending: oneOf(["clean", "close"]) },
    strike: (reply, fault) => ({
      ...until(reply, fault),
      ending: fault.ending === "close" ? "close" : "complete",
    }),
  },
  "stream-reset": {
    options: positionChecks,
    strike: (reply, fault) => ({ ...until(reply, fault), ending: "reset" }),
  },
  "stream-stall": {
    options: { ...positionChecks, keepAliveEveryMs: positiveMilliseconds },
    strike(reply, fault, { request }) {
      const stalled: Reply = { ...until(reply, fault), ending: "hold" }
      if (fault.keepAliveEveryMs === undefined) return stalled
      const beat =
        request.route === "messages" ? 'event: ping\ndata: {"type": "ping"}\n\n' : ": keep-alive\n\n"
      return { ...stalled, heartbeat: { bytes: encode(beat), everyMs: fault.keepAliveEveryMs } }
    },
  },
  "stream-error": {
    options: { ...positionChecks, error: oneOf(providerErrorNames), form: oneOf(inBandForms) },
    strike(reply, { error = "server-error", form, ...position }, { request }) {
      const { pieces } = until(reply, position)
      return { ...reply, pieces: [...pieces, inBandError(error, request, pieces.length, form)] }
    },
  },
  "stream-garbage": {
    options: { ...positionChecks, garbage: oneOf(["json", "bytes"]) },
    strike(reply, { garbage = "json", ...position }) {
      const [before, after] = splitAt(reply.pieces, position)
      return { ...reply, pieces: [...before, garbageOf[garbage], ...after] }
    },
  },
  "stream-trickle": {
    options: { everyMs: required(positiveMilliseconds) },
    strike: (reply, { everyMs }) => ({
      ...reply,
      pieces: reply.pieces.map((each) =>
        each.part === "content" ? { ...each, delayMs: each.delayMs + everyMs } : each,
      ),
    }),
  },
  "stream-omit": {
    options: { part: required(oneOf(parts)) },
    strike: (reply, { part }) => ({ ...reply, pieces: reply.pieces.filter((each) => each.part !== part) }),
  },
  "stream-empty": { options: {}, strike: (reply) => ({ ...reply, pieces: [] }) },
  "stream-held-open": { options: {}, strike: (reply) => ({ ...reply, ending: "hold" }) },
  "stream-as-json": {
    options: {},
    strike: (reply, _, scene) => replaced(reply, scene.plain()),
  },
}

const garbageOf: Readonly<Record<"json" | "bytes", Piece>> = {
  json: piece('data: {"id":"chatcmpl-broken","choices":[{"delta":{"content":"bro\n\n', "noise"),
  bytes: piece(Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a, 0x0a), "noise"),
}
