import { PipelineError, QuotaLevels, worse } from "@bellwether/core"
import type { Admission, Places, Services } from "@bellwether/core"
import { Budgets } from "./budgets.ts"
import { Fleet } from "./fleet.ts"
import { KeyQuotas } from "./key-quotas.ts"
import type { QuotaRules } from "./options.ts"
import { budgetSnapshot, keySnapshot, levelsOf } from "./snapshot.ts"
import type { QuotaSnapshot } from "./snapshot.ts"

/** Quota at work in one pipeline: what providers tell, and what budgets allow. */
export class LiveQuota {
  readonly places: Places
  readonly #services: Services
  readonly #keys: KeyQuotas
  readonly #budgets: Budgets

  constructor(services: Services, rules: QuotaRules) {
    this.#services = services
    const fleet = services.store && new Fleet(services, services.store)
    this.#keys = new KeyQuotas(services, rules)
    this.#budgets = new Budgets(services, {
      ...rules,
      rules: rules.budgets,
      witness: fleet,
    })
    services.provide(QuotaLevels, { all: () => levelsOf(this.snapshot()) })
    const isAsking = rules.readers.size > 0
    this.places = {
      ...(rules.budgets.length > 0 && { call: this.#budgets.call }),
      ...((isAsking || this.#budgets.admits) && { admit: this.#admission() }),
      check: () => this.#budgets.check(),
      ...(isAsking && { start: () => this.#keys.poller.start() }),
      ready: async () => {
        await Promise.all([fleet?.known(), this.poll()])
      },
      inspect: () => this.snapshot(),
    }
  }

  snapshot(): QuotaSnapshot {
    const dateMs = this.#services.clock.date()
    return {
      keys: this.#keys.poller.targets.map((target) => keySnapshot(target, this.#keys)),
      budgets: this.#budgets.purses.map((purse) => budgetSnapshot(purse, dateMs)),
    }
  }

  async poll(targetId?: string): Promise<void> {
    const { targets } = this.#keys.poller
    const asked = targets.filter(({ id }) => targetId === undefined || id === targetId)
    if (asked.length === 0 && targetId !== undefined)
      throw new PipelineError(
        "no-target",
        `No usage is read of "${targetId}": name its endpoint in \`usage\`.`,
      )
    await this.#keys.poller.poll(asked)
  }

  #admission(): Admission {
    const [keys, budgets] = [this.#keys, this.#budgets]
    return {
      peek: (target, model) => worse(keys.peek(target), budgets.peek(target, model)),
      take(attempt) {
        const verdict = keys.take(attempt)
        return verdict.status === "unavailable" ? verdict : budgets.take(attempt)
      },
    }
  }
}
