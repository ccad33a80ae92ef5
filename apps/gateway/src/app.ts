import type { HttpBindings } from "@hono/node-server"
import { prometheusContentType } from "bellwether"
import { Hono } from "hono"
import { refused } from "./answers/refusal.ts"
import { broken, closing, noPath, noTarget } from "./calls/refusals.ts"
import type { Engine } from "./engine/engine.ts"
import { Door } from "./status/door.ts"
import { createStatusRoutes } from "./status/status-routes.ts"
import { keysOf } from "./status/take-status.ts"
import type { Watch } from "./status/watch.ts"

/** What Node gives with a request. */
export type Bindings = HttpBindings

type Env = { Bindings: Bindings }

/** All routes of the gateway but those of calls. */
export function createApp(engine: Engine, watch: Watch): Hono<Env> {
  const app = new Hono<Env>()
  const door = new Door(engine.clock)
  app.get("/healthz", (c) => c.json({ status: "ok" }))
  app.get("/readyz", (c) => {
    if (engine.isClosing) return refused(closing)
    const isReady = keysOf(engine).some(({ availability }) => availability !== "unavailable")
    return isReady ? c.json({ status: "ready" }) : refused(noTarget)
  })
  app.get("/metrics", ({ env: { incoming } }) => {
    const { settings, pipeline } = engine.running
    if (!settings.metrics) return refused(noPath)
    const refusal = door.reading(incoming, settings)
    if (refusal !== undefined) return refused(refusal)
    const headers = { "content-type": prometheusContentType, "cache-control": "no-store" }
    return new Response(pipeline.metrics.prometheus(), { headers })
  })
  app.route("/", createStatusRoutes(engine, watch, door))
  app.notFound(() => refused(noPath))
  app.onError((error) => {
    engine.fault("A request failed within the gateway.", error)
    return refused(broken)
  })
  return app
}
