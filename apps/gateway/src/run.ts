import { findConfig, gatewaySettings, loadConfig, watchConfig } from "@bellwether/config"
import type { LoadedConfig } from "@bellwether/config"
import { systemClock } from "@bellwether/core"
import { startDemoProviders } from "./demo-providers.ts"
import type { DemoProviders } from "./demo-providers.ts"
import type { GatewayConfig } from "./engine/running.ts"
import { createGateway } from "./gateway.ts"
import type { Gateway } from "./gateway.ts"
import { createLog } from "./log/log.ts"
import type { LineSink, Log } from "./log/log.ts"
import { welcome } from "./welcome.ts"

/** How a gateway is run. */
export interface RunOptions {
  /** The config file. @default the one in the working directory; without one, demo providers answer */
  readonly file?: string | undefined
  /** Instead of the config's. */
  readonly port?: number | undefined
  /** Where the welcome and the log go. */
  readonly output: LineSink
}

/**
 * Runs a gateway until SIGTERM or SIGINT tells it to stop. SIGHUP, and a changed file, load the config anew.
 *
 * @returns resolves when everything has ended
 * @throws PipelineError what `loadConfig` throws
 * @throws PipelineError `not-listening`
 */
export async function runGateway({ file, port, output }: RunOptions): Promise<void> {
  const found = file ?? (await findConfig("."))
  const loaded = found === undefined ? undefined : await loadConfig({ file: found })
  await using demo = loaded === undefined ? await startDemoProviders() : undefined
  const given: GatewayConfig = loaded ?? (demo as DemoProviders).config
  const atPort = (config: GatewayConfig): GatewayConfig =>
    port === undefined ? config : { ...config, gateway: { ...config.gateway, port } }
  const config = atPort(given)
  const log = createLog(output, () => systemClock.date())
  const gateway = createGateway({ config, log, isDemo: demo !== undefined })
  const { url } = await gateway.listen()
  const settings = gatewaySettings(config.gateway)
  if (output.isTTY || demo !== undefined) output.write(welcome(url, settings, demo !== undefined))
  log.info({ event: "gateway-listens", url, isDemo: demo !== undefined }, "The gateway listens.")
  if (settings.keys.length === 0)
    log.warn({ event: "gateway-open" }, "There are no gateway.keys: whoever reaches the gateway may call.")
  void gateway.pipeline.ready().catch(() => {})
  const files = loaded && keepUp(loaded, { gateway, log, atPort })
  await stopSignal()
  await files?.close()
  log.info(
    { event: "gateway-closing" },
    "The gateway closes: calls under way may end. Once more ends it at once.",
  )
  await gateway.close()
  log.info({ event: "gateway-closed" }, "The gateway has closed.")
}

/** What a changed file is told to. */
interface Follower {
  readonly gateway: Gateway
  readonly log: Log
  /** The config, at the port that was asked for instead of its own. */
  atPort(config: GatewayConfig): GatewayConfig
}

/** Lets the gateway go by its file. */
function keepUp(config: LoadedConfig, { gateway, log, atPort }: Follower): { close(): Promise<void> } {
  const watched = watchConfig(config, {
    failed(error) {
      const reason = error instanceof Error ? error.message : String(error)
      gateway.reloadFailed(reason)
      const words = "The config was not taken over: the gateway goes on with the one it has."
      log.error({ event: "config-refused", reason }, words)
    },
    changed(loaded) {
      gateway.reload(atPort(loaded))
      log.info({ event: "config-taken", file: loaded.file }, "The config was taken over.")
    },
  })
  const reload = (): void => void watched.reload()
  process.on("SIGHUP", reload)
  return {
    async close() {
      process.off("SIGHUP", reload)
      await watched.close()
    },
  }
}

/** Resolves at the first signal to stop; the second one ends the process. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.on(signal, () => {
        if (isStopping) process.exit(1)
        isStopping = true
        resolve()
      })
  })
}
