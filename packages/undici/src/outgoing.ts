import { Readable } from "node:stream"
import type { ReadableStream as NodeStream } from "node:stream/web"
import { FormData as UndiciFormData } from "undici"
import type { Dispatcher } from "undici"

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
  const { origin, pathname, search, username, password } = new URL(url)
  if (username !== "" || password !== "")
    throw Object.assign(new TypeError("The URL holds credentials: send them in a header."), {
      code: "ERR_INVALID_URL",
    })
  const method = init.method?.toUpperCase() ?? "GET"
  if (refusedMethod.test(method)) throw new TypeError(`'${method}' HTTP method is unsupported.`)
  if (init.body != null && (method === "GET" || method === "HEAD"))
    throw new TypeError("Request with GET/HEAD method cannot have body.")
  const body = bodyOf(init.body)
  const headers = headersOf(init.headers, {
    accept: "*/*",
    "user-agent": "node",
    "accept-encoding": acceptEncoding,
    "content-type": contentType(init.body),
  })
  // How long an answer may take is not for the transport to say.
  return { origin, path: pathname + search, method, headers, body, headersTimeout: 0, bodyTimeout: 0 }
}

/** Names and values in turn, with the defaults of names that are not there. */
function headersOf(given: RequestInit["headers"], defaults: Record<string, string | undefined>): string[] {
  const list: string[] = []
  const add = (name: string, value: string): void => {
    list.push(name, value)
    const lower = name.toLowerCase()
    if (lower in defaults) defaults[lower] = undefined
  }
  if (given !== undefined && (Array.isArray(given) || Symbol.iterator in given))
    for (const [name, value] of new Headers(given)) add(name, value)
  else if (given !== undefined) for (const [name, value] of Object.entries(given)) add(name, value)
  for (const [name, value] of Object.entries(defaults)) if (value !== undefined) list.push(name, value)
  return list
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
