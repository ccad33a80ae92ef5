import { Circuits, CommitLimit } from "@bellwether/core"
import type { Attempt, Places, Services } from "@bellwether/core"
import { createAdmission } from "./admission.ts"
import type { Rules } from "./breaker.ts"
import { createControls } from "./controls.ts"
import type { CircuitControls } from "./controls.ts"
import { saying } from "./sole-target.ts"
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
export function install(
  given: Services,
  { probeMs, ...rules }: Rules & { readonly probeMs: number },
): Installed {
  const isSole = given.targets.length === 1
  const services = isSole ? saying(given) : given
  const limit = services.use(CommitLimit)
  const probeTime = (limitMs: number | undefined) => (limitMs === undefined ? probeMs : limitMs + graceMs)
  const probing = { ...rules, probeMs: (attempt: Attempt) => probeTime(limit().of(attempt)) }

  const orders = new StandingOrders(given, () => {
    for (const target of circuits.values()) target.heed()
  })
  const circuits = new Map(
    given.targets.map((target) => [target.id, new TargetCircuits(target, services, probing, orders)]),
  )
  services.provide(Circuits, { wake: ({ id }) => circuits.get(id)?.wake() })

  return {
    places: {
      admit: createAdmission(orders, circuits, isSole),
      inspect: () => [...orders.inspect(), ...[...circuits.values()].flatMap((target) => target.inspect())],
    },
    controls: createControls(given, orders, circuits),
  }
}
