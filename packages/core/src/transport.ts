import { bare } from "./bare-response.ts"
import type { BareResponse } from "./bare-response.ts"
import type { Endpoint } from "./endpoint.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { AttemptRequest } from "./request.ts"
import type { SecretKey } from "./secret-key.ts"

/** What Bellwether needs of a `fetch`: it is always called with a string and an init. */
export interface Fetch {
  (url: string, init: RequestInit): Promise<Response>
  /** The same without a `Response` around the answer. Where there is it, calls go through it alone. */
  readonly bare?: (url: string, init: RequestInit) => Promise<BareResponse>
}

/** The cheapest answers that a `fetch` gives. */
export const bareFetch = (fetch: Fetch): ((url: string, init: RequestInit) => Promise<BareResponse>) =>
  fetch.bare ?? (async (url, init) => bare(await fetch(url, init)))

/** What has to be known of an answer to know whether it is one. */
interface Answered extends Pick<BareResponse, "status" | "headers"> {
  readonly type?: ResponseType
  readonly body: { cancel(reason?: unknown): Promise<void> } | null
}

/** Sends a request with the endpoint's headers and one of its keys. */
export type Transport<R> = (
  endpoint: Endpoint,
  request: Omit<AttemptRequest, "target">,
  key: string,
) => Promise<R>

const maxRedirects = 3

/** Where a redirect leads, if it may be followed: the same origin, the same method, a body that can go again. */
function followed(
  response: Answered,
  url: string,
  { method, body }: Omit<AttemptRequest, "target">,
): string | undefined {
  const location = response.headers.get("location")
  if (location === null || body instanceof ReadableStream) return undefined
  const keepsMethod = response.status === 307 || response.status === 308
  if (!keepsMethod && method !== "GET" && method !== "HEAD") return undefined
  const next = URL.canParse(location, url) ? new URL(location, url) : undefined
  return next !== undefined && next.origin === new URL(url).origin ? next.href : undefined
}

/** What a browser does not follow it does not show, either: it has no status. */
const isRedirect = ({ status, type }: Answered): boolean =>
  (status === 0 && type !== "error") || (status > 300 && status < 309 && status !== 304 && status !== 306)

async function readKey(read: () => Promise<string> | string): Promise<string> {
  try {
    return await read()
  } catch (cause) {
    throw new PipelineError("key-unavailable", "The key function failed.", { cause })
  }
}

/** Puts keys on requests and keeps them at their origin. */
export function createTransport<R extends Answered>(
  fetch: (url: string, init: RequestInit) => Promise<R>,
): Transport<R> {
  async function send(
    { provider, headers: own }: Endpoint,
    request: Omit<AttemptRequest, "target">,
    key: string | undefined,
  ): Promise<R> {
    const headers = { ...request.headers, ...own }
    if (key !== undefined) Object.assign(headers, provider.authorize(key, headers))
    const { method, body, signal, redirect, duplex } = request
    const init: RequestInit = { method, headers, signal, redirect }
    if (body !== undefined) init.body = body
    if (duplex !== undefined) Object.assign(init, { duplex })
    let url = request.url
    for (let hops = 0; ; hops++) {
      const response = await fetch(url, init)
      if (!isRedirect(response)) return response
      void response.body?.cancel().catch(() => {})
      const next = hops < maxRedirects ? followed(response, url, request) : undefined
      if (next === undefined)
        throw new PipelineError("redirect-refused", "A redirect was not followed.", {
          status: response.status,
        })
      url = next
    }
  }

  async function sendRefreshing(
    endpoint: Endpoint,
    request: Omit<AttemptRequest, "target">,
    secret: SecretKey,
  ) {
    const key = await readKey(() => secret.read())
    const response = await send(endpoint, request, key)
    if (response.status !== 401 || request.body instanceof ReadableStream) return response
    const fresh = await readKey(() => secret.refresh(key))
    if (fresh === key) return response
    void response.body?.cancel().catch(() => {})
    return send(endpoint, request, fresh)
  }

  return (endpoint, request, keyId) => {
    const secret = endpoint.keys.get(keyId)
    if (secret === undefined) return send(endpoint, request, undefined)
    if (secret.refreshable) return sendRefreshing(endpoint, request, secret)
    return send(endpoint, request, secret.read() as string)
  }
}
