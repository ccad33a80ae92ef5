import { placeOf, type Place, type ProviderRoute } from "./route.ts"

/** Whose manners a request has: they decide the shape of errors and of rate-limit headers. */
export type ProviderDialect = "openai" | "azure" | "anthropic"

/** A request as the provider received it. */
export interface ReceivedRequest {
  /** 1 for the first request since the provider started. */
  readonly number: number
  readonly method: string
  /** The path as sent, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly route: ProviderRoute
  readonly dialect: ProviderDialect
  /** The credential of `authorization` (without `Bearer`), `api-key` or `x-api-key`. */
  readonly key: string | undefined
  /** From the body, or the deployment in an Azure path. */
  readonly model: string | undefined
  /** Whether the body asks for a stream. */
  readonly stream: boolean
  readonly bytes: Uint8Array
  /** The body as UTF-8 text. */
  readonly body: string
  /** The body as a JSON object; `undefined` if it is anything else. */
  readonly json: Readonly<Record<string, unknown>> | undefined
}

/** The part of a request that is there before its body. */
export interface RequestHead {
  readonly number: number
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** A request whose body is still on its way. */
export interface ArrivingRequest {
  readonly request: ReceivedRequest
  readonly place: Place
  /** Gives it its body. */
  receive(bytes: Uint8Array): void
}

const decoder = new TextDecoder()

/** A request of which only the head has come. */
export const arrivingRequest = ({ number, method, url, headers }: RequestHead): ArrivingRequest => {
  const [path = "", query = ""] = url.split("?", 2)
  const place = placeOf(path)
  let bytes = new Uint8Array()
  let json: Readonly<Record<string, unknown>> | undefined
  const request: ReceivedRequest = {
    number,
    method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers,
    route: place.route,
    dialect: dialectOf(place, headers),
    key: keyOf(headers),
    get model() {
      return place.deployment ?? (typeof json?.["model"] === "string" ? json["model"] : undefined)
    },
    get stream() {
      return json?.["stream"] === true
    },
    get bytes() {
      return bytes
    },
    get body() {
      return decoder.decode(bytes)
    },
    get json() {
      return json
    },
  }
  const receive = (received: Uint8Array): void => {
    bytes = new Uint8Array(received)
    json = objectIn(request.body)
  }
  return { request, place, receive }
}

const dialectOf = (place: Place, headers: Readonly<Record<string, string>>): ProviderDialect => {
  if (place.route === "messages" || headers["anthropic-version"] !== undefined) return "anthropic"
  return place.azure ? "azure" : "openai"
}

const keyOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  headers["api-key"] ?? headers["x-api-key"] ?? headers["authorization"]?.replace(/^Bearer\s+/i, "")

const objectIn = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
