import type { Endpoint } from "./endpoint.ts"
import type { Route } from "./pipeline.ts"

/** Stands for "whichever endpoint is right" where an SDK insists on a base URL. Never sent to. */
export const placeholderBaseURL = "https://bellwether.invalid/v1"

const placeholderOrigin = new URL(placeholderBaseURL).origin

const deployment = /^\/openai\/deployments\/([^/]+)(\/.*)$/

/** Finds the part of a URL that means the same at every endpoint. */
export function createRouteReader(endpoints: readonly Endpoint[]): (url: string | URL) => Route | undefined {
  const bases = [...endpoints.map(({ baseURL }) => baseURL), placeholderBaseURL, placeholderOrigin]
    .toSorted((a, b) => b.length - a.length)
    .map((base) => new URL(base))
    .map(({ origin, pathname }) => ({ origin, path: pathname.replace(/\/+$/, "") }))

  return (input) => {
    if (typeof input === "string" && input.startsWith("/")) return readPath(input)
    const url = URL.parse(input)
    if (url === null) return undefined
    const { origin, pathname, search } = url
    const base = bases.find((candidate) => candidate.origin === origin && isBelow(pathname, candidate.path))
    return base && readRoute(pathname.slice(base.path.length), search)
  }
}

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`)

/** A path that a parser of URLs leaves as it is, and that is not below Azure's: there is nothing to take out of it. */
const isPlain = /^(?!\/openai\b)(?:\/[\w-]+)+$/

/** A path is taken as it is; what a browser would read as another host is none. */
function readPath(input: string): Route | undefined {
  if (isPlain.test(input)) return { path: input }
  const url = URL.parse(input, placeholderOrigin)
  return url?.origin === placeholderOrigin ? readRoute(url.pathname, url.search) : undefined
}

/** Takes Azure's deployment and `api-version` out of the address: each endpoint writes its own. */
function readRoute(address: string, search: string): Route {
  // A base URL with a trailing slash leaves two behind.
  const path = address.replace(/^\/*/, "/")
  const query = withoutApiVersion(search)
  const [, model, rest] = deployment.exec(path) ?? []
  if (model !== undefined && rest !== undefined) return { path: rest + query, model: decoded(model) }
  return { path: path.replace(/^\/openai(?:\/v1)?(?=\/)/, "") + query }
}

function withoutApiVersion(search: string): string {
  if (search === "") return search
  const parameters = new URLSearchParams(search)
  if (!parameters.has("api-version")) return search
  parameters.delete("api-version")
  return parameters.size === 0 ? "" : `?${parameters.toString()}`
}

/** A malformed encoding is a name of its own. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
