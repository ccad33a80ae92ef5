import { readBody, readOperation } from "@bellwether/wire"
import type { Operation } from "@bellwether/wire"
import { hintPrefix } from "./hint.ts"
import type { RawHints } from "./hint.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { CallRequest, RequestBody } from "./request.ts"

/** What comes in at the outer edge: an address below the base URL, and what `fetch` takes. */
export interface CallInput {
  /** Below the endpoints' base URL, starting with a slash; may carry a query. */
  readonly path: string
  /** @default "GET" */
  readonly method?: string | undefined
  readonly headers?: HeadersInit | undefined
  readonly body?: BodyInit | AsyncIterable<Uint8Array> | null | undefined
  readonly signal?: AbortSignal | null | undefined
  /** The model, where it stands in the address (Azure) instead of the body. */
  readonly model?: string | undefined
  /** Milliseconds for the whole call, up to the commit of a stream. @default the pipeline's `deadlineMs` */
  readonly deadlineMs?: number | undefined
}

/** A request as the pipeline works with it. */
export interface ReadRequest {
  readonly request: CallRequest
  readonly operation: Operation
  readonly model: string | undefined
  readonly stream: boolean
  readonly choices: number
  /** The most tokens a choice may have. */
  readonly maxTokens: number | undefined
  /** Whether the body can be sent more than once. */
  readonly repeatable: boolean
  /** What the caller asks of this call; `undefined` for nothing. */
  readonly hints: RawHints | undefined
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

/** Reads what the pipeline needs to know of a request, and takes out what must not travel. */
export function readRequest(input: CallInput, body: RequestBody | undefined): ReadRequest {
  const { path } = input
  const method = input.method?.toUpperCase() ?? "GET"
  // Behind a base URL without a path anything else could name another host.
  if (!path.startsWith("/"))
    throw new PipelineError("invalid-path", "The path must start with a slash, such as /chat/completions.")
  const mark = path.indexOf("?")
  const facts = typeof body === "string" || body instanceof Uint8Array ? readBody(body) : undefined
  const form = body instanceof FormData ? body : undefined
  const formModel = form?.get("model")
  const { headers, hints } = readHeaders(input.headers, input.body)
  return {
    request: {
      method,
      path: mark === -1 ? path : path.slice(0, mark),
      query: mark === -1 ? "" : path.slice(mark),
      headers,
      ...(body !== undefined && { body }),
    },
    operation: readOperation(method, path, facts),
    model: facts?.model ?? (typeof formModel === "string" ? formModel : undefined) ?? input.model,
    stream: facts?.stream ?? (form?.get("stream") === "true" || /[?&]stream=true(?:&|$)/.test(path)),
    choices: facts?.choices ?? 1,
    maxTokens: facts?.maxTokens,
    repeatable: !(body instanceof ReadableStream),
    hints,
  }
}

interface ReadHeaders {
  readonly headers: Record<string, string>
  readonly hints: RawHints | undefined
}

function readHeaders(init: HeadersInit | undefined, body: CallInput["body"]): ReadHeaders {
  const headers: Record<string, string> = {}
  let hints: Map<string, string> | undefined
  const take = (name: string, value: string): void => {
    const lower = name.toLowerCase()
    if (dropped.has(lower)) return
    if (lower.startsWith(hintPrefix)) (hints ??= new Map()).set(lower.slice(hintPrefix.length), value)
    else headers[lower] = Object.hasOwn(headers, lower) ? `${headers[lower]}, ${value}` : value
  }
  if (init !== undefined && Symbol.iterator in init)
    for (const [name = "", value = ""] of init) take(name, value)
  else for (const name of Object.keys(init ?? {})) take(name, init?.[name] ?? "")
  // A form writes its own boundary; a header from elsewhere would contradict it.
  if (body instanceof FormData) delete headers["content-type"]
  if (body instanceof URLSearchParams)
    headers["content-type"] ??= "application/x-www-form-urlencoded;charset=UTF-8"
  return { headers, hints }
}
