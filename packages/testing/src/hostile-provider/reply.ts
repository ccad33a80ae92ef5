/**
 * What a piece of an answer is to its reader. Faults aim at parts, so that one fault fits every grammar:
 * `document` a JSON or binary body, `preamble` what comes before the first content of a stream, `content`
 * what a user would see, `finish` the end of a choice, `usage` the token count, `terminal` the last word
 * (`[DONE]`, `response.completed`, `message_stop`), `noise` what no reader asked for.
 */
export type ReplyPart = (typeof parts)[number]

/** All parts there are. */
export const parts = ["document", "preamble", "content", "finish", "usage", "terminal", "noise"] as const

/** Bytes that leave in one write, so that a reader can see them on their own. */
export interface Piece {
  readonly bytes: Uint8Array
  readonly part: ReplyPart
  /** Milliseconds waited before the write. */
  readonly delayMs: number
}

/** Status line and headers. */
export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/**
 * How an answer ends: `complete` as HTTP wants it, `close` with the socket closed before the message is over,
 * `reset` with the connection torn down, `hold` not at all: the socket stays open in silence.
 */
export type ReplyEnding = "complete" | "close" | "reset" | "hold"

/** What is sent again and again while a socket is held open. */
export interface Heartbeat {
  readonly bytes: Uint8Array
  readonly everyMs: number
}

/** A whole answer as plain data: serving makes one, faults turn it into another, the player performs it. */
export interface Reply {
  /** Milliseconds before the head: the way there and back. */
  readonly delayMs: number
  /** Milliseconds more before the head, for the model to work; an error in its place saves them. */
  readonly workMs: number
  /** Without a head nothing is HTTP: pieces go to the bare socket. */
  readonly head: Head | undefined
  readonly pieces: readonly Piece[]
  readonly ending: ReplyEnding
  /** Repeated for as long as the reply is held. */
  readonly heartbeat?: Heartbeat
}

const encoder = new TextEncoder()

/** The text as UTF-8. */
export const encode = (text: string): Uint8Array => encoder.encode(text)

/** A piece that is written at once. */
export const piece = (text: string | Uint8Array, part: ReplyPart): Piece => ({
  bytes: typeof text === "string" ? encode(text) : text,
  part,
  delayMs: 0,
})

/** How many bytes the pieces have together. */
export const byteCount = (pieces: readonly Piece[]): number =>
  pieces.reduce((total, { bytes }) => total + bytes.length, 0)

/** All bytes of the pieces as one array. */
export const joined = (pieces: readonly Piece[]): Uint8Array => {
  const bytes = new Uint8Array(byteCount(pieces))
  let offset = 0
  for (const each of pieces) {
    bytes.set(each.bytes, offset)
    offset += each.bytes.length
  }
  return bytes
}

/** Every piece cut into slices of at most so many bytes. */
export const slices = (pieces: readonly Piece[], chunkBytes: number): readonly Piece[] =>
  pieces.flatMap((each) => {
    const count = Math.ceil(each.bytes.length / chunkBytes)
    return Array.from({ length: count }, (_, index) => ({
      ...each,
      bytes: each.bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
      delayMs: index === 0 ? each.delayMs : 0,
    }))
  })

/** An answer that is one body of known length. */
export const documentReply = (
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Reply => {
  const whole = piece(body, "document")
  const length = String(whole.bytes.length)
  return {
    delayMs: 0,
    workMs: 0,
    head: { status, headers: { "content-type": contentType, "content-length": length, ...headers } },
    pieces: whole.bytes.length === 0 ? [] : [whole],
    ending: "complete",
  }
}

/** An answer that is one JSON value. */
export const jsonReply = (status: number, value: unknown): Reply =>
  documentReply(status, "application/json", JSON.stringify(value))

/** An answer in server-sent events, one piece each. */
export const streamReply = (pieces: readonly Piece[]): Reply => ({
  delayMs: 0,
  workMs: 0,
  head: {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" },
  },
  pieces,
  ending: "complete",
})

/** One server-sent event; `name` becomes its `event:` line. */
export const event = (data: unknown, part: ReplyPart, name?: string): Piece => {
  const text = typeof data === "string" ? data : JSON.stringify(data)
  return piece(`${name === undefined ? "" : `event: ${name}\n`}data: ${text}\n\n`, part)
}

/** Whether the reply is a stream of events that carries content. */
export const isStream = (reply: Reply): boolean => reply.pieces.some(({ part }) => part === "content")

/** The same reply with these headers; `undefined` takes one away. */
export const withHeaders = (reply: Reply, changes: Readonly<Record<string, string | undefined>>): Reply => {
  if (reply.head === undefined) return reply
  const merged = Object.entries({ ...reply.head.headers, ...changes })
  const headers = Object.fromEntries(
    merged.filter((header): header is [string, string] => header[1] !== undefined),
  )
  return { ...reply, head: { ...reply.head, headers } }
}
