import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response"
import type { HttpBindings } from "@hono/node-server"
import { Hono } from "hono"
import type { Context } from "hono"
import { admit } from "./calls/admit.ts"
import type { Handle } from "./calls/admit.ts"
import { passOn } from "./calls/pass-on.ts"
import type { Engine } from "./engine/engine.ts"
import { listModels } from "./models/list-models.ts"

/** What Node gives with a request. */
export type Bindings = HttpBindings

type App = Hono<{ Bindings: Bindings }>

/** All routes of the gateway. */
export function createApp(engine: Engine): App {
  const app: App = new Hono()
  const calls =
    (handle: Handle) =>
    async ({ env: { incoming, outgoing } }: Context<{ Bindings: Bindings }>): Promise<Response> => {
      await admit(incoming, outgoing, engine, handle)
      return RESPONSE_ALREADY_SENT
    }
  app.on(["GET", "HEAD"], "/v1/models", calls(listModels))
  app.all("/v1/*", calls(passOn))
  // Azure's SDK puts the deployment into the address.
  app.all("/openai/*", calls(passOn))
  return app
}
