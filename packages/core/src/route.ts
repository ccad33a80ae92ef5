import type { Endpoint } from "./endpoint.ts"
import type { Route } from "./pipeline.ts"

/** Stands for "whichever endpoint is right" where an SDK insists on a base URL. Never sent to. */
export const placeholderBaseURL = "https://bellwether.invalid/v1"

const placeholderOrigin = new URL(placeholderBaseURL).origin

const deployment = /^\/openai\/deployments\/([^/]+)(\/.*)$/

/** Finds the part of a URL that means the same at every endpoint. */
export function createRouteReader(endpoints: readonly Endpoint[]): (url: string | URL) => Route | undefined {
  const bases = endpoints
    .map(({ baseURL }) => baseURL)
    .toSorted((a, b) => b.length - a.length)
    .map((base) => new URL(base))

  return (input) => {
    if (typeof input === "string" && input.startsWith("/")) return readRoute(input)
    if (!URL.canParse(String(input))) return undefined
    const url = new URL(input)
    if (url.origin === placeholderOrigin)
      return readRoute(url.pathname.replace(/^\/v1(?=\/|$)/, "") + url.search)
    const base = bases.find(
      ({ origin, pathname }) => origin === url.origin && isBelow(url.pathname, pathname.replace(/\/+$/, "")),
    )
    return base === undefined
      ? undefined
      : readRoute(url.pathname.slice(base.pathname.replace(/\/+$/, "").length) + url.search)
  }
}

const isBelow = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`)

/** Takes Azure's deployment and `api-version` out of the address: each endpoint writes its own. */
function readRoute(address: string): Route {
  const { pathname, searchParams } = new URL(address, placeholderOrigin)
  searchParams.delete("api-version")
  const query = searchParams.size === 0 ? "" : `?${searchParams.toString()}`
  const [, model, rest] = deployment.exec(pathname) ?? []
  if (model !== undefined && rest !== undefined)
    return { path: rest + query, model: decodeURIComponent(model) }
  return { path: pathname.replace(/^\/openai(?:\/v1)?(?=\/)/, "") + query }
}
