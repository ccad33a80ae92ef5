import type { IncomingHttpHeaders } from "node:http"
import { decoded, decodersOf } from "./decoding.ts"
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
export function responseOf(
  { status, statusText, headers }: ResponseHead,
  body: ResponseBody | undefined,
): Response {
  const init = { status, statusText: sayable(statusText), headers: headersOf(headers) }
  if (body === undefined) return new Response(null, init)
  const codings = headers["content-encoding"]
  const decoders = codings === undefined ? [] : decodersOf(codings)
  if (decoders.length === 0) return new Response(body.stream, init)
  const response = new Response(decoded(body, decoders), init)
  response.headers.delete("content-encoding")
  response.headers.delete("content-length")
  return response
}

/** Providers may say more in a reason phrase than a `Response` may hold. */
const sayable = (text: string): string => (/^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : "")

/** A list stands for a header that came several times. */
function headersOf(headers: IncomingHttpHeaders): Record<string, string> | [string, string][] {
  const entries = Object.entries(headers)
  if (entries.every(([, value]) => typeof value === "string")) return headers as Record<string, string>
  return entries.flatMap(([name, value = []]) => [value].flat().map((each): [string, string] => [name, each]))
}
