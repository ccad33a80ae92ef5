import { getEventListeners } from "node:events"
import type { LoggedRequest } from "../../hostile-provider/request-log.ts"
import type { World } from "./world.ts"

/** The requests of calls; others are probes of the background. */
export const callsTo = ({ primary, backup }: World): readonly LoggedRequest[] =>
  [...primary.requests, ...backup.requests].filter(({ method }) => method === "POST")

/** What calls that are over have left behind, in words. */
export const leftovers = (world: World): readonly string[] => {
  const { watch } = world
  const open = callsTo(world).filter(({ ending }) => ending === undefined)
  const leases = watch.takes.filter(({ isLease, endings }) => isLease && endings.length !== 1)
  return [
    ...some(watch.entered, "middleware that has not returned"),
    ...some(open.length, "request upstream"),
    ...some(leases.length, "lease that has not ended once"),
    ...some(listeners(...watch.callSignals), "listener on the signal of a call"),
  ]
}

const some = (count: number, what: string): readonly string[] => (count === 0 ? [] : [`${count} × ${what}`])

/** How many listen for the abort of these signals. */
export const listeners = (...signals: readonly AbortSignal[]): number =>
  signals.reduce((count, signal) => count + getEventListeners(signal, "abort").length, 0)
