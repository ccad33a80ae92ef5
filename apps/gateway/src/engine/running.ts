import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions } from "bellwether"
import type { Clock, Fetch, Random } from "@bellwether/core"
import { logging } from "@bellwether/logging"
import { callerBudgets } from "../callers/caller-budgets.ts"
import { Callers } from "../callers/callers.ts"
import type { Log } from "../log/log.ts"
import { ModelList } from "../models/model-list.ts"
import type { GatewayOptions, GatewaySettings } from "@bellwether/config"
import { backOffice } from "./back-office.ts"
import type { BackOffice } from "./back-office.ts"
import { boundSettings } from "./bound-settings.ts"

/** What a gateway runs on: what `loadConfig` gives, or the same by hand. */
export interface GatewayConfig {
  /** Absent where it was not read from a file. */
  readonly file?: string
  readonly options: BellwetherOptions
  readonly gateway?: GatewayOptions
}

/** What all configs of one gateway share. */
export interface Shared {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly fetch: Fetch
}

/** One config at work. */
export interface Running {
  readonly file: string | undefined
  readonly loadedAtMs: number
  readonly settings: GatewaySettings
  /** Names of the options that its config has otherwise than the server was bound with. */
  readonly restartFor: readonly string[]
  readonly options: BellwetherOptions
  readonly pipeline: Bellwether
  readonly callers: Callers
  readonly office: BackOffice
  readonly models: ModelList
}

/**
 * Puts a config to work.
 *
 * @param before the one it takes the place of, whose knowledge of targets it goes on with
 * @throws PipelineError `invalid-options`
 */
export function startRunning(config: GatewayConfig, shared: Shared, before: Running | undefined): Running {
  const { options } = config
  const { clock, random, log, fetch } = shared
  const { settings, restartFor } = boundSettings(config.gateway, before?.settings)
  const office = backOffice()
  const { metrics, quota, use = [] } = options
  const budgets = [...(quota?.budgets ?? []), ...callerBudgets(settings.keys)]
  const isLogging = use.some(({ name }) => name === "logging")
  const pipeline = bellwether({
    clock,
    random,
    fetch,
    ...options,
    ...(before !== undefined && { state: before.pipeline.state }),
    // The status page and /metrics live on them.
    metrics: metrics === false || metrics === undefined ? {} : metrics,
    ...((quota !== undefined || budgets.length > 0) && { quota: { ...quota, budgets } }),
    use: [...use, ...(isLogging ? [] : [logging({ logger: log })]), office.plugin],
  })
  return {
    file: config.file,
    loadedAtMs: clock.date(),
    settings,
    restartFor,
    options,
    pipeline,
    callers: new Callers(settings.keys, before?.callers),
    office,
    models: new ModelList(options.endpoints, office, clock),
  }
}
