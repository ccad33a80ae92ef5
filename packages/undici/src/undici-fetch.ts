import { checkOptions, count, must, positiveMilliseconds, text } from "@bellwether/core"
import type { BareResponse } from "@bellwether/core"
import { Agent } from "undici"
import type { Dispatcher } from "undici"
import { Exchange } from "./exchange.ts"
import type { Settle } from "./exchange.ts"
import { outgoing } from "./outgoing.ts"
import { bareOf, responseOf } from "./response.ts"
import type { ResponseHead } from "./response.ts"
import type { ResponseBody } from "./response-body.ts"

/** What {@link createUndiciFetch} can be told. */
export interface UndiciFetchOptions {
  /**
   * Sends the requests, in place of an agent of our own: for proxies, certificates or HTTP/2. It decides about
   * connections alone, and whoever made it closes it.
   */
  readonly dispatcher?: Pick<Dispatcher, "dispatch">
  /** Connections to one origin, each for one request at a time; further requests wait for one. @default no limit */
  readonly connections?: number
  /** Milliseconds that a connection may take to be made. @default 10_000, as with the global `fetch` */
  readonly connectTimeoutMs?: number
  /**
   * Milliseconds that an idle connection is kept, where the server does not tell.
   *
   * @default 4_000, as with the global `fetch`
   */
  readonly keepAliveMs?: number
  /**
   * The `accept-encoding` of requests that have none.
   *
   * @default "identity": answers of models are small, and a proxy that compresses a stream holds its events back
   */
  readonly acceptEncoding?: string
}

/** A `fetch` over undici's dispatcher. */
export interface UndiciFetch extends AsyncDisposable {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** The same without a `Response` around the answer: a pipeline that is given this `fetch` asks for no other. */
  bare(url: string, init: RequestInit): Promise<BareResponse>
  /** Tells an SDK which `Response` it gets, so that it needs no probe request to find out. */
  readonly Response: typeof Response
  /** Takes no more requests, waits for those under way, and closes the connections. A given dispatcher stays open. */
  close(): Promise<void>
}

const aDispatcher = must(
  "an undici dispatcher",
  (value) => typeof value === "object" && value !== null && "dispatch" in value,
)

/**
 * A `fetch` for Node that costs a fraction of the global one: undici's dispatcher without the machinery of browsers
 * around it. Answers are decompressed; errors are those of the global `fetch`, with the same codes on their `cause`.
 *
 * It never follows redirects, has no limits of its own once a connection is made, and gives a body that was not read
 * no end: read it, or cancel it.
 *
 * @example
 * const fetch = createUndiciFetch()
 * const pipeline = createPipeline({ endpoints, fetch })
 *
 * @throws TypeError (rejects) `fetch failed` when there is no answer; its `cause` says why
 * @throws `init.signal.reason` (rejects) when the caller aborts
 * @throws PipelineError `invalid-options`
 */
export function createUndiciFetch(options: UndiciFetchOptions = {}): UndiciFetch {
  checkOptions<UndiciFetchOptions>("createUndiciFetch", options, {
    dispatcher: aDispatcher,
    connections: count,
    connectTimeoutMs: positiveMilliseconds,
    keepAliveMs: positiveMilliseconds,
    acceptEncoding: text,
  })
  const { acceptEncoding = "identity" } = options
  const own = agentOf(options)
  const dispatcher = options.dispatcher ?? own

  function send<R>(url: string, init: RequestInit, made: Made<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const { signal } = init
      if (signal?.aborted) return reject(signal.reason)
      const options = outgoing(url, init, acceptEncoding)
      const settle: Settle = { resolve: (head, body) => resolve(made(head, body)), reject }
      dispatcher.dispatch(options, new Exchange(options, signal, settle))
    })
  }

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const [url, request] = asked(input, init)
    return send(url, request, responseOf)
  }

  const bare = (url: string, init: RequestInit): Promise<BareResponse> => send(url, init, bareOf)

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => (closed ??= own.close())
  return Object.assign(fetch, { bare, Response: globalThis.Response, close, [Symbol.asyncDispose]: close })
}

/** What is made of an answer for whoever asked. */
type Made<R> = (head: ResponseHead, body: ResponseBody | undefined) => R

function asked(input: string | URL | Request, init: RequestInit = {}): [url: string, init: RequestInit] {
  if (typeof input === "string") return [input, init]
  if (input instanceof URL) return [input.href, init]
  const { url } = input
  return [url, new Request(input, init)]
}

const agentOf = ({
  connections,
  connectTimeoutMs = 10_000,
  keepAliveMs = 4_000,
}: UndiciFetchOptions): Agent =>
  new Agent({
    connections: connections ?? null,
    connectTimeout: connectTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    // With HTTP/2 one lost connection would cut every stream at once.
    allowH2: false,
  })
