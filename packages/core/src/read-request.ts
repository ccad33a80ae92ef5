import { readBody, readOperation } from "@bellwether/wire"
import type { Operation } from "@bellwether/wire"
import { joinBytes } from "./bytes.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { CallRequest, RequestBody } from "./request.ts"

/** What comes in at the outer edge: an address below the base URL, and what `fetch` takes. */
export interface CallInput {
  /** Below the endpoints' base URL, starting with a slash; may carry a query. */
  readonly path: string
  /** @default "GET" */
  readonly method?: string
  readonly headers?: HeadersInit
  readonly body?: BodyInit | AsyncIterable<Uint8Array> | null
  readonly signal?: AbortSignal | null
  /** The model, where it stands in the address (Azure) instead of the body. */
  readonly model?: string
  /** Milliseconds for the whole call, up to the commit of a stream. @default the pipeline's `deadlineMs` */
  readonly deadlineMs?: number
}

/** A request as the pipeline works with it. */
export interface ReadRequest {
  readonly request: CallRequest
  readonly operation: Operation
  readonly model: string | undefined
  readonly stream: boolean
  readonly choices: number
  /** Whether the body can be sent more than once. */
  readonly repeatable: boolean
}

/** Never forwarded: credentials of the caller, and what belongs to one connection. */
const dropped = new Set([
  "api-key",
  "authorization",
  "connection",
  "content-length",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "openai-organization",
  "openai-project",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-api-key",
  "x-goog-api-key",
])

/** A stream up to this size is kept, so that it can be sent again. */
const maxBufferedBytes = 32 * 1024 * 1024

/** Reads the body at most once and takes out what must not travel. */
export async function readRequest(input: CallInput): Promise<ReadRequest> {
  const { method = "GET", path } = input
  // Behind a base URL without a path anything else could name another host.
  if (!path.startsWith("/"))
    throw new PipelineError("invalid-path", "The path must start with a slash, such as /chat/completions.")
  const mark = path.indexOf("?")
  const body = input.body == null ? undefined : await readRequestBody(input.body)
  const facts = typeof body === "string" || body instanceof Uint8Array ? readBody(body) : undefined
  const form = body instanceof FormData ? body.get("model") : undefined
  const headers = readHeaders(input.headers, input.body)
  return {
    request: {
      method: method.toUpperCase(),
      path: mark === -1 ? path : path.slice(0, mark),
      query: mark === -1 ? "" : path.slice(mark),
      headers,
      ...(body !== undefined && { body }),
    },
    operation: readOperation(method.toUpperCase(), path, facts),
    model: facts?.model ?? (typeof form === "string" ? form : undefined) ?? input.model,
    stream: facts?.stream ?? false,
    choices: facts?.choices ?? 1,
    repeatable: !(body instanceof ReadableStream),
  }
}

function readHeaders(init: HeadersInit | undefined, body: CallInput["body"]): Record<string, string> {
  const headers: Record<string, string> = {}
  const entries = init === undefined ? [] : Symbol.iterator in init ? init : Object.entries(init)
  for (const [name = "", value = ""] of entries) {
    const lower = name.toLowerCase()
    if (dropped.has(lower) || lower.startsWith("x-bellwether-")) continue
    headers[lower] = Object.hasOwn(headers, lower) ? `${headers[lower]}, ${value}` : value
  }
  // A form writes its own boundary; a header from elsewhere would contradict it.
  if (body instanceof FormData) delete headers["content-type"]
  if (body instanceof URLSearchParams)
    headers["content-type"] ??= "application/x-www-form-urlencoded;charset=UTF-8"
  return headers
}

async function readRequestBody(body: BodyInit | AsyncIterable<Uint8Array>): Promise<RequestBody> {
  if (typeof body === "string" || body instanceof FormData || body instanceof Blob) return body
  if (body instanceof URLSearchParams) return body.toString()
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return bufferStream(body)
}

async function bufferStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<RequestBody> {
  const chunks = stream[Symbol.asyncIterator]()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for (;;) {
    const { done, value: piece } = (await chunks.next()) as IteratorResult<Uint8Array<ArrayBuffer>, unknown>
    if (done) return joinBytes(pieces)
    if (!ArrayBuffer.isView(piece)) throw new TypeError("The request's body is not made of bytes.")
    pieces.push(piece)
    length += piece.byteLength
    if (length > maxBufferedBytes) return resumed(pieces, chunks)
  }
}

/** What has been read of a stream, and the rest of it, as one stream. */
function resumed(pieces: Uint8Array[], rest: AsyncIterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const piece = pieces.shift()
      if (piece !== undefined) return controller.enqueue(piece)
      const next: IteratorResult<Uint8Array, unknown> = await rest.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    cancel: async (reason) => void (await rest.return?.(reason)),
  })
}
