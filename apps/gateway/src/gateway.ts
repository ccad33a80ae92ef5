import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import type { Bellwether } from "bellwether"
import { PipelineError, systemClock, systemRandom } from "@bellwether/core"
import type { Clock, Random } from "@bellwether/core"
import { createUndiciFetch } from "@bellwether/undici"
import { createApp } from "./app.ts"
import { Engine } from "./engine/engine.ts"
import type { GatewayConfig } from "./engine/running.ts"
import type { Log } from "./log/log.ts"
import { createHttpServer } from "./server.ts"
import { Watch } from "./status/watch.ts"

const { version } = createRequire(import.meta.url)("bellwether/package.json") as { readonly version: string }

/** How often connections are looked at while the gateway closes. */
const idleCheckMs = 20

/** What a gateway is made of. */
export interface GatewaySetup {
  readonly config: GatewayConfig
  readonly log: Log
  /** Whether its providers are its own, which the status page then says. @default false */
  readonly isDemo?: boolean
  /** @default the system's */
  readonly clock?: Clock
  /** @default the system's */
  readonly random?: Random
}

/** An OpenAI-compatible server in front of many endpoints. */
export interface Gateway extends AsyncDisposable {
  /** The pipeline that new calls go through. */
  readonly pipeline: Bellwether
  /**
   * Begins to listen.
   *
   * @returns where, such as `http://127.0.0.1:8090`
   * @throws PipelineError `not-listening`
   */
  listen(): Promise<{ readonly url: string }>
  /**
   * Lets new calls go by another config; those under way end as they began. What was learnt of targets stays.
   *
   * @throws PipelineError `invalid-options`; then nothing has changed
   */
  reload(config: GatewayConfig): void
  /** Takes note, for the status page, that a config could not be read; what runs goes on. */
  reloadFailed(reason: string): void
  /** Refuses new calls, lets those under way end as long as `shutdownMs` allows, and stops. */
  close(): Promise<void>
}

/**
 * Makes a gateway; it serves as soon as it listens.
 *
 * @throws PipelineError `invalid-options`
 */
export function createGateway(setup: GatewaySetup): Gateway {
  const { config, log, isDemo = false, clock = systemClock, random = systemRandom } = setup
  const fetch = createUndiciFetch()
  const watch = new Watch(clock, { version, isDemo })
  const engine = new Engine(config, { clock, random, log, fetch }, (running) => watch.listenTo(running))
  const server = createHttpServer(engine, createApp(engine, watch))
  let closing: Promise<void> | undefined

  async function listen(): Promise<{ url: string }> {
    const { host, port } = engine.running.settings
    await new Promise<void>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(unheard(error, host, port))
      server.once("error", fail)
      server.listen(port, host, () => {
        server.off("error", fail)
        resolve()
      })
    })
    const address = server.address() as AddressInfo
    const name = host.includes(":") ? `[${host}]` : host
    return { url: `http://${name}:${address.port}` }
  }

  async function shutDown(): Promise<void> {
    engine.beginToClose()
    const { shutdownMs } = engine.running.settings
    const late = clock.after(shutdownMs, () => server.closeAllConnections())
    await engine.idle()
    const closed = new AbortController()
    server.close(() => closed.abort())
    // Those whose last answer ends only now would be kept alive for another request.
    while (!closed.signal.aborted) {
      server.closeIdleConnections()
      await clock.sleep(idleCheckMs, closed.signal).catch(() => {})
    }
    late.cancel()
    await engine.running.pipeline.close()
    await fetch.close()
  }

  const close = (): Promise<void> => (closing ??= shutDown())

  return {
    get pipeline() {
      return engine.running.pipeline
    },
    listen,
    reload: (next) => engine.reload(next),
    reloadFailed: (reason) => engine.refuse(reason),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Why nobody can be listened to. */
function unheard(cause: NodeJS.ErrnoException, host: string, port: number): PipelineError {
  const words =
    cause.code === "EADDRINUSE"
      ? `The port ${port} of ${host} is taken: end what listens there, or set another \`gateway.port\`; 0 is any that is free.`
      : `The gateway can not listen at ${host}:${port} (${cause.code ?? cause.name}): set another \`gateway.host\` or \`gateway.port\`.`
  return new PipelineError("not-listening", words, { cause })
}
