import { Hono } from "hono"
import type { Context } from "hono"
import type { Bindings } from "../app.ts"
import { refused } from "../answers/refusal.ts"
import type { Refusal } from "../answers/refusal.ts"
import type { Engine } from "../engine/engine.ts"
import { BodyRefused, readWhole } from "../requests/request-body.ts"
import { act } from "./act.ts"
import type { Door } from "./door.ts"
import { readPage } from "./page-files.ts"
import type { PageFile } from "./page-files.ts"
import { StatusFeed } from "./status-feed.ts"
import type { Watch } from "./watch.ts"

type Env = { Bindings: Bindings }

/** The page has nothing from elsewhere, and nobody shows it inside of theirs. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
}

const dataHeaders = { ...pageHeaders, "cache-control": "no-store" }

const notBuilt: Refusal = {
  status: 404,
  code: "page-not-built",
  message: "The status page is not built: `npm run gateway` builds it. /status.json has all it shows.",
}

const noFile: Refusal = { status: 404, code: "unknown-path", message: "There is no such file." }

const tooManyViewers: Refusal = {
  status: 503,
  code: "too-many-viewers",
  message: "Too many look at the status already: read /status.json.",
  retryAfterMs: 10_000,
}

const noJson: Refusal = { status: 400, code: "invalid-body", message: "The body must be JSON." }

/** No body of the status page is longer. */
const largestBytes = 4_096

const json = (data: unknown, headers: Record<string, string> = {}): Response =>
  Response.json(data, { headers: { ...dataHeaders, ...headers } })

/** `/status`, `/status.json`, and what the page asks for. */
export function createStatusRoutes(engine: Engine, watch: Watch, door: Door): Hono<Env> {
  const feed = new StatusFeed(engine, watch)
  let page: Promise<ReadonlyMap<string, PageFile>> | undefined
  const routes = new Hono<Env>()
  const settings = () => engine.running.settings
  const headersOf = (c: Context<Env>) => c.env.incoming.headers

  async function bodyOf({ env: { incoming } }: Context<Env>): Promise<unknown> {
    const { clock } = engine
    const { slowClientMs } = settings()
    const reading = { clock, slowClientMs, maxBodyBytes: largestBytes, refuse: () => {} }
    try {
      return JSON.parse(new TextDecoder().decode(await readWhole(incoming, reading))) as unknown
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof BodyRefused) return undefined
      throw error
    }
  }

  async function file(c: Context<Env>, path: string): Promise<Response> {
    if (settings().status === false) return refused(noFile)
    const files = await (page ??= readPage())
    const found = files.get(path)
    if (found === undefined) return refused(files.size === 0 ? notBuilt : noFile)
    const headers = {
      ...pageHeaders,
      etag: found.etag,
      "cache-control": found.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    }
    if (c.req.header("if-none-match") === found.etag) return new Response(null, { status: 304, headers })
    return new Response(found.bytes, { headers: { ...headers, "content-type": found.type } })
  }

  routes.get("/status.json", (c) => {
    const refusal = door.readingStatus(c.env.incoming, settings())
    if (refusal !== undefined) return refused(refusal)
    return new Response(feed.read(), { headers: { ...dataHeaders, "content-type": "application/json" } })
  })
  routes.get("/status/events", (c) => {
    const refusal = door.readingStatus(c.env.incoming, settings())
    if (refusal !== undefined) return refused(refusal)
    const events = feed.watch()
    if (events === undefined) return refused(tooManyViewers)
    return new Response(events, { headers: { ...dataHeaders, "content-type": "text/event-stream" } })
  })
  routes.get("/status/session", (c) => json(door.session(headersOf(c), settings())))
  routes.post("/status/session", async (c) => {
    const { token = "" } = ((await bodyOf(c)) ?? {}) as { readonly token?: unknown }
    const entered = door.enter(String(token), c.env.incoming, settings())
    if ("status" in entered) return refused(entered)
    const cookie = entered.cookie.split(";", 1).join("")
    return json(door.session({ cookie }, settings()), { "set-cookie": entered.cookie })
  })
  routes.delete("/status/session", (c) => json({}, { "set-cookie": door.leave(headersOf(c)) }))
  routes.post("/status/actions", async (c) => {
    const refusal = door.acting(c.env.incoming, settings())
    if (refusal !== undefined) return refused(refusal)
    const body = await bodyOf(c)
    if (body === undefined) return refused(noJson)
    const result = await act(body, engine.running)
    return "status" in result ? refused(result) : json(result)
  })
  routes.get("/status", (c) => file(c, "index.html"))
  routes.get("/status/*", (c) => file(c, c.req.path.slice("/status/".length) || "index.html"))
  return routes
}
