import { Circuits, CommitLimit, StandIns } from "@bellwether/core"
import type { Places, Services } from "@bellwether/core"
import { createAdmission } from "./admission.ts"
import { createCompany } from "./company.ts"
import { createControls } from "./controls.ts"
import type { CircuitControls } from "./controls.ts"
import type { BreakerRules } from "./options.ts"
import { saying } from "./sole-target.ts"
import type { LiveRules } from "./live-circuit.ts"
import { StandingOrders } from "./standing-orders.ts"
import { TargetCircuits } from "./target-circuits.ts"

/** A probe is given up a little after the limit that should have ended it. */
const graceMs = 5_000

/** A circuit breaker in a pipeline. */
export interface Installed {
  readonly places: Places
  readonly controls: CircuitControls
}

/** Puts the circuits of a pipeline together: operators first, then what each target's circuits say. */
export function install(given: Services, { probeMs, ...rules }: BreakerRules): Installed {
  const standIns = given.use(StandIns)
  const company = createCompany(
    given.targets,
    ({ id }, model) => circuits.get(id)?.isClosed(model) ?? false,
    (model) => standIns().has(model),
  )
  const services = saying(given, ({ model }) => company.isSole(model))
  const limit = services.use(CommitLimit)
  const probeTime = (limitMs: number | undefined) => (limitMs === undefined ? probeMs : limitMs + graceMs)
  const living: LiveRules = {
    ...rules,
    probeMs: (attempt) => probeTime(limit().of(attempt)),
    isLast: company.isLast,
  }

  const orders = new StandingOrders(given, () => {
    for (const target of circuits.values()) target.heed()
  })
  const circuits = new Map(
    given.targets.map((target) => [target.id, new TargetCircuits(target, services, living, orders)]),
  )
  for (const { id, endpoint, key } of given.renewed)
    orders.startOver({ endpoint, key }, circuits.get(id)?.latestGeneration ?? 0)
  services.provide(Circuits, { wake: ({ id }) => circuits.get(id)?.wake() })

  return {
    places: {
      admit: createAdmission(orders, circuits, company.isSole),
      inspect: () => [...orders.inspect(), ...[...circuits.values()].flatMap((target) => target.inspect())],
    },
    controls: createControls(given, orders, circuits),
  }
}
