/** What was handed to `fetch`, read once. */
export interface SentRequest {
  readonly method: string
  /** The path with its query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  readonly signal: AbortSignal | undefined
}

/** Reads the arguments of `fetch`, whatever form they have. */
export const sentRequest = async (
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<SentRequest> => {
  const from = input instanceof Request ? input : undefined
  const { pathname, search } = new URL(urlOf(input))
  const body = init.body ?? (from?.body == null ? undefined : await from.arrayBuffer())
  return {
    method: (init.method ?? from?.method ?? "GET").toUpperCase(),
    url: pathname + search,
    headers: Object.fromEntries(new Headers(init.headers ?? from?.headers)),
    bytes: await bytesOf(body),
    signal: init.signal ?? from?.signal,
  }
}

const encoder = new TextEncoder()

const bytesOf = async (body: BodyInit | undefined): Promise<Uint8Array> => {
  if (body === undefined) return new Uint8Array()
  if (typeof body === "string") return encoder.encode(body)
  return new Uint8Array(await new Response(body).arrayBuffer())
}

/** Where `fetch` was told to go. */
export const urlOf = (input: string | URL | Request): string =>
  input instanceof Request ? input.url : input.toString()
