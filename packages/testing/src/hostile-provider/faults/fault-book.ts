import type { Clock, Random } from "@bellwether/core"
import type { ReceivedRequest } from "../received-request.ts"
import type { Reply } from "../reply.ts"
import type { Served } from "../serving/provider-desk.ts"
import { bears, strike, type FaultKind, type RequestFault } from "./fault.ts"
import { concerns, isInForce, isTurn, type When } from "./when.ts"

/** A fault at work. */
export interface Injection {
  /** How often it has struck. */
  readonly hits: number
  /** Takes it back; what it has struck already stays struck. */
  remove(): void
}

/** A reply and the faults that have been at it. */
export interface Struck {
  readonly reply: Reply
  readonly faults: readonly FaultKind[]
}

/** Keeps the faults that strike requests, in the order they were injected, which is the order they strike in. */
export interface FaultBook {
  add(fault: RequestFault, when: When): Injection
  clear(): void
  strike(served: Served, request: ReceivedRequest): Struck
}

interface Entry {
  readonly number: number
  readonly fault: RequestFault
  readonly when: When
  readonly sinceMs: number
  matches: number
  hits: number
}

/** What a book of faults stands on. */
export interface FaultBookPremises {
  readonly clock: Clock
  readonly random: Random
  readonly otherOrigin: string
}

/** Makes an empty {@link FaultBook}. */
export const faultBook = ({ clock, random, otherOrigin }: FaultBookPremises): FaultBook => {
  const entries = new Set<Entry>()
  let injected = 0

  /** The chance is that of this match of this fault, so it does not depend on what else happens meanwhile. */
  const hit = (entry: Entry, reply: Reply, request: ReceivedRequest): { chance: number } | undefined => {
    const { when, fault } = entry
    if (entry.hits >= (when.hits ?? Infinity) || !bears(reply, fault) || !concerns(when, request))
      return undefined
    if (!isInForce(when, clock.now() - entry.sinceMs)) return undefined
    entry.matches += 1
    const chances = random.stream("fault", entry.number, entry.matches)
    if (!isTurn(when, entry.matches, chances.next())) return undefined
    entry.hits += 1
    return { chance: chances.next() }
  }

  return {
    add(fault, when) {
      const entry = { number: (injected += 1), fault, when, sinceMs: clock.now(), matches: 0, hits: 0 }
      entries.add(entry)
      return {
        get hits() {
          return entry.hits
        },
        remove: () => void entries.delete(entry),
      }
    },
    clear: () => entries.clear(),
    strike(served, request) {
      const faults: FaultKind[] = []
      let { reply } = served
      for (const entry of entries) {
        const struck = hit(entry, reply, request)
        if (struck === undefined) continue
        const scene = { request, dateMs: clock.date(), otherOrigin, plain: served.plain, ...struck }
        reply = strike(reply, entry.fault, scene)
        faults.push(entry.fault.kind)
      }
      return { reply, faults }
    },
  }
}
