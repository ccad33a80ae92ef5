import type { HeaderReader } from "@bellwether/wire"

type Bytes = Uint8Array<ArrayBuffer>

/** The headers of an answer; the web's `Headers` are such. Names come in lower case. */
export interface ResponseHeaders extends HeaderReader, Iterable<[name: string, value: string]> {
  keys(): Iterable<string>
}

/** What reads a body, one piece at a time; the reader of a `ReadableStream` is such. */
export type ByteReader = Pick<ReadableStreamDefaultReader<Bytes>, "read" | "cancel">

/**
 * An answer without the `Response` around it, which costs more than most of what is done with it. Its body has no
 * coding any more, and its headers tell of none.
 */
export interface BareResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: ResponseHeaders
  /** `null` where there can be none. */
  readonly body: ByteReader | null
  /** What it was taken from, if it was a `Response`. */
  readonly origin?: Response
}

/**
 * What is in a `Response`.
 *
 * @throws TypeError for a network error, which has nothing that a caller could be given
 */
export function bare(origin: Response): BareResponse {
  if (origin.type === "error") throw new TypeError("The transport answered with a network error.")
  const { status, statusText, headers, body } = origin
  if (body === null) return { status, statusText, headers, body, origin }
  return { status, statusText, headers: decoded(headers), body: body.getReader(), origin }
}

/** `fetch` has decoded the body but left the headers that describe it encoded. */
function decoded(headers: Headers): Headers {
  if (!headers.has("content-encoding")) return headers
  const plain = new Headers(headers)
  plain.delete("content-encoding")
  plain.delete("content-length")
  return plain
}
