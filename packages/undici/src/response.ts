import type { IncomingHttpHeaders } from "node:http"
import { SourceReader } from "@bellwether/core"
import type { BareResponse, ByteSource } from "@bellwether/core"
import { decoded, decodersOf } from "./decoding.ts"
import { RawHeaders } from "./raw-headers.ts"
import type { ResponseBody } from "./response-body.ts"

/** What undici tells before the body. */
export interface ResponseHead {
  readonly status: number
  readonly statusText: string
  readonly headers: IncomingHttpHeaders
}

/** Whether there can be a body, whatever the headers say (RFC 9112, section 6.3; "null body status" of Fetch). */
export const mayHaveBody = (method: string, status: number): boolean =>
  method !== "HEAD" && status !== 204 && status !== 205 && status !== 304

/** A genuine `Response`, with its body decoded. */
export function responseOf(head: ResponseHead, body: ResponseBody | undefined): Response {
  const { source, headers } = contentOf(head, body)
  const init = {
    status: head.status,
    statusText: sayable(head.statusText),
    headers: [...new RawHeaders(headers)],
  }
  // Of no type: a byte stream costs several times as much, and would need a copy of every chunk.
  return new Response(source === undefined ? null : new ReadableStream(source, { highWaterMark: 0 }), init)
}

/**
 * The same without a `Response` around it.
 *
 * @throws RangeError for a status that a `Response` cannot have
 */
export function bareOf(head: ResponseHead, body: ResponseBody | undefined): BareResponse {
  const { status, statusText } = head
  if (status > 599) throw new RangeError(`The status ${status} is none.`)
  const { source, headers } = contentOf(head, body)
  const reader = source === undefined ? null : new SourceReader(source)
  return { status, statusText, headers: new RawHeaders(headers), body: reader }
}

interface Content {
  readonly source: ByteSource | undefined
  readonly headers: IncomingHttpHeaders
}

/** The decoded body, and the headers that go with it. */
function contentOf({ headers }: ResponseHead, body: ResponseBody | undefined): Content {
  const codings = headers["content-encoding"]
  const decoders = codings === undefined || body === undefined ? [] : decodersOf(codings)
  if (body === undefined || decoders.length === 0) return { source: body, headers }
  const { "content-encoding": _, "content-length": __, ...plain } = headers
  return { source: decoded(body, decoders), headers: plain }
}

/** Providers may say more in a reason phrase than a `Response` may hold. */
const sayable = (text: string): string => (/^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : "")
