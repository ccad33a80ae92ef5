import { forOnePipeline } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { LiveQuota } from "./live-quota.ts"
import { checkAgainst, readOptions } from "./options.ts"
import type { QuotaOptions } from "./options.ts"
import type { QuotaSnapshot } from "./snapshot.ts"

/** The plugin, and what it knows. Both throw PipelineError `plugin-unused` while it is in no pipeline. */
export interface Quota extends Plugin {
  /** What is left of every key and every budget; plain data. */
  snapshot(): QuotaSnapshot
  /**
   * Asks the providers now. What they tell counts as ever, and so does their silence.
   *
   * @param targetId such as `primary/key-1`; without it, all whose endpoint is in `usage`
   * @throws PipelineError `no-target` for an id that is not among these
   */
  poll(targetId?: string): Promise<void>
}

/**
 * Knows what is left: asks providers how much of each key's quota is used, and keeps to budgets of your own. What is
 * used up is left alone until it is there again, and traffic goes elsewhere. Stands outside of everything else.
 *
 * @example
 * const quotas = quota({
 *   usage: { primary: "daily", backup: "openrouter" },
 *   budgets: [{ limit: { usd: 5 }, per: "day", scope: "tag" }],
 * })
 * createPipeline({ endpoints, use: [quotas, retry(), router()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function quota(options: QuotaOptions): Quota {
  const rules = readOptions(options)
  const held = forOnePipeline<LiveQuota>("quota")

  return {
    name: "quota",
    setup(services) {
      const make = (): LiveQuota => {
        checkAgainst(services.targets, rules)
        return new LiveQuota(services, rules)
      }
      return held.install(make).places
    },
    snapshot: () => held.used().snapshot(),
    poll: async (targetId) => held.used().poll(targetId),
  }
}
