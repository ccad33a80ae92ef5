import type { Lease } from "./admission.ts"
import type { Ending } from "./ending.ts"
import type { EventBus } from "./event.ts"

/** Tells a lease how its attempt ended, or else that it has committed. Whatever the lease does, others go on. */
export function tellLease(lease: Lease, events: EventBus, ending?: Ending): void {
  try {
    const result: unknown = ending === undefined ? lease.committed?.() : lease.end(ending)
    if (result instanceof Promise) events.outlives(lease, "lease", result)
  } catch (error) {
    events.fault(lease, "lease", error)
  }
}
