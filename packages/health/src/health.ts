import { forOnePipeline } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { LiveHealth } from "./live-health.ts"
import { readOptions } from "./options.ts"
import type { HealthOptions } from "./options.ts"
import type { ProbeResult } from "./probe-result.ts"
import type { HealthSnapshot } from "./snapshot.ts"

/** The plugin, and what it knows. All of it throws PipelineError `plugin-unused` while it is in no pipeline. */
export interface Health extends Plugin {
  /** How each target is, and why; plain data. */
  snapshot(): HealthSnapshot
  /** The last 100 probes of each target, by its id, oldest first. */
  history(): Readonly<Record<string, readonly ProbeResult[]>>
  /**
   * Probes a target now, or all of them. What comes out counts as any other probe.
   *
   * @param targetId such as `primary/key-1`
   * @returns no results of a pipeline that closes meanwhile
   * @throws PipelineError `no-target` for an id of nobody; `probes-off` with `probe: false`
   */
  probe(targetId?: string): Promise<readonly ProbeResult[]>
}

/**
 * Knows which endpoint, key and model is healthy: probes those that no call tells of, learns from how calls end, and
 * tells the board. What probes say and what calls say is kept apart, so that a provider whose `/models` answers while
 * its completions fail is not called healthy.
 *
 * @example
 * const healthy = health({ probe: { intervalMs: 10_000 } })
 * const pipeline = createPipeline({ endpoints, use: [retry(), router(), healthy] })
 *
 * @throws PipelineError `invalid-options`
 */
export function health(options?: HealthOptions): Health {
  const rules = readOptions(options)
  const held = forOnePipeline<LiveHealth>("health")

  return {
    name: "health",
    setup(services) {
      const live = held.install(() => new LiveHealth(services, rules))
      return { start: () => live.start(), ready: () => live.ready(), inspect: () => live.snapshot() }
    },
    snapshot: () => held.used().snapshot(),
    history: () => held.used().history(),
    probe: async (targetId) => held.used().probe(targetId),
  }
}
