import { Readable } from "node:stream"
import type { ReadableStream as NodeStream } from "node:stream/web"
import { FormData as UndiciFormData } from "undici"
import type { Dispatcher } from "undici"
import { addressOf } from "./address.ts"

type Body = Exclude<Dispatcher.DispatchOptions["body"], undefined>

/** The request as undici takes it. */
export type Outgoing = Dispatcher.DispatchOptions & { readonly origin: string; readonly body: Body }

const refusedMethod = /^(?:CONNECT|TRACE|TRACK)$/

/**
 * The request as undici sends it. Its headers keep their order and their case; what the global `fetch` says of itself
 * comes after them, but for what only browsers have to say.
 *
 * @throws TypeError what the global `fetch` would refuse, too
 */
export function outgoing(url: string, init: RequestInit, acceptEncoding: string): Outgoing {
  const { origin, path } = addressOf(url)
  const method = init.method?.toUpperCase() ?? "GET"
  if (refusedMethod.test(method)) throw new TypeError(`'${method}' HTTP method is unsupported.`)
  if (init.body != null && (method === "GET" || method === "HEAD"))
    throw new TypeError("Request with GET/HEAD method cannot have body.")
  const body = bodyOf(init.body)
  const headers = headersOf(init.headers, acceptEncoding, contentType(init.body))
  // How long an answer may take is not for the transport to say.
  return { origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }
}

/** Names and values in turn. What is said of itself is said only where the caller does not. */
function headersOf(
  given: RequestInit["headers"],
  acceptEncoding: string,
  contentType: string | undefined,
): string[] {
  const list: string[] = []
  const names: string[] = []
  for (const [name, value] of entriesOf(given)) {
    list.push(name, value)
    names.push(name.toLowerCase())
  }
  function say(name: string, value: string): void {
    if (!names.includes(name)) list.push(name, value)
  }
  say("accept", "*/*")
  say("user-agent", "node")
  say("accept-encoding", acceptEncoding)
  if (contentType !== undefined) say("content-type", contentType)
  return list
}

function entriesOf(headers: RequestInit["headers"] = {}): Iterable<[name: string, value: string]> {
  const isRecord = !Array.isArray(headers) && !(Symbol.iterator in headers)
  return isRecord ? Object.entries(headers) : new Headers(headers)
}

/** What a body says of itself. Undici adds the type of a `Blob` and of a form. */
function contentType(body: RequestInit["body"]): string | undefined {
  if (typeof body === "string") return "text/plain;charset=UTF-8"
  if (body instanceof URLSearchParams) return "application/x-www-form-urlencoded;charset=UTF-8"
  return undefined
}

function bodyOf(body: RequestInit["body"]): Body {
  if (body == null || typeof body === "string" || body instanceof Uint8Array) return body ?? null
  if (body instanceof URLSearchParams) return body.toString()
  if (body instanceof ReadableStream) return Readable.fromWeb(body as NodeStream)
  if (body instanceof FormData) return form(body)
  // Undici also takes what its types do not tell of: blobs, buffers and their views, iterables.
  return body as unknown as Body
}

/** Undici knows how long its own forms are, and takes no others. */
function form(data: FormData): UndiciFormData {
  const own = new UndiciFormData()
  for (const [name, value] of data) own.append(name, value)
  return own
}
