import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { getRequestListener } from "@hono/node-server"
import type { Hono } from "hono"
import { sendRefusal } from "./answers/send-refusal.ts"
import type { Bindings } from "./app.ts"
import { takeCall } from "./calls/take-call.ts"
import type { Engine } from "./engine/engine.ts"
import { guard } from "./requests/guard.ts"

/** Load balancers keep connections for a minute; who closes one first loses a request. */
const keepAliveMs = 65_000
/** A request may take so many times the patience with a silent caller in all. */
const wholeRequest = 10

/** The HTTP server: what no well-meaning client sends does not get past it. */
export function createHttpServer(engine: Engine, app: Hono<{ Bindings: Bindings }>): Server {
  const { slowClientMs, maxHeaderBytes } = engine.running.settings
  const listener = getRequestListener(app.fetch, {
    // The globals are everybody's.
    overrideGlobalObjects: false,
    // What is left of refused requests is taken care of with their refusal.
    autoCleanupIncoming: false,
  })
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: slowClientMs,
    requestTimeout: slowClientMs * wholeRequest,
    connectionsCheckingInterval: Math.min(1_000, slowClientMs),
    keepAliveTimeout: keepAliveMs,
    insecureHTTPParser: false,
    requireHostHeader: true,
  })
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Of a caller who has left in the middle of something nobody has to be told.
    outgoing.on("error", () => {})
    const refusal = guard(incoming, engine.running.settings)
    if (refusal !== undefined) return sendRefusal(incoming, outgoing, refusal, engine.clock)
    if (!takeCall(incoming, outgoing, engine)) void listener(incoming, outgoing)
  }
  server.on("request", answer)
  server.on("checkContinue", answer)
  return server
}
