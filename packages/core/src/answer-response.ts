import { isEventStream } from "@bellwether/wire"
import { AnswerStream } from "./answer-stream.ts"
import type { Delivery } from "./delivery.ts"
import { fitsHeader } from "./secret-key.ts"

/** Built once, at the outer edge: the one `Response` of a call. */
export function answerResponse(delivery: Delivery): Response {
  const { attempt, body, response } = delivery
  if (body === undefined || body instanceof Uint8Array) attempt.call.end(undefined)
  // Nothing was read of it and nothing has to be said with it: it can go as it came.
  if (body === undefined) return response
  const { status, statusText, headers } = response
  const init = { status, statusText: fitsHeader(statusText) ? statusText : "", headers: decoded(headers) }
  if (body instanceof Uint8Array) return new Response(body, init)
  const source = new AnswerStream(delivery, body, isEventStream(headers.get("content-type")))
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), init)
}

/** `fetch` has decoded the body but left the headers that describe it encoded. */
function decoded(headers: Headers): Headers {
  if (!headers.has("content-encoding")) return headers
  const plain = new Headers(headers)
  plain.delete("content-encoding")
  plain.delete("content-length")
  return plain
}
