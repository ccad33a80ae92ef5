import { failureTable } from "@bellwether/wire"
import type { FailureClass, FailureScope } from "@bellwether/wire"
import { covers } from "@bellwether/core"
import type { Attempt, Failure, Scope, Target } from "@bellwether/core"
import { longerGate } from "./gate.ts"
import type { Gate } from "./gate.ts"
import { blankPark, cleared, complained, isMarked, lifted, newerPark } from "./park.ts"
import type { Park } from "./park.ts"
import { joined, kept } from "./record.ts"

/** The gates and parks of one endpoint, by what they cover. Plain data that a fleet can share. */
export interface Ledger {
  readonly gates: Readonly<Record<string, Gate>>
  readonly parks: Readonly<Record<string, Park>>
}

/** An endpoint nobody complained of. */
export const blank: Ledger = { gates: {}, parks: {} }

/** The joined view of two processes. */
export const mergeLedgers = (a: Ledger, b: Ledger): Ledger => ({
  gates: joined(a.gates, b.gates, longerGate),
  parks: joined(a.parks, b.parks, newerPark),
})

/** What a failure or a success wrote into a ledger. */
export interface Entry {
  readonly ledger: Ledger
  /** The gate that closed or the park that began or ended, if that is news. */
  readonly news?: { readonly kind: "gate-closed"; readonly entry: Gate } | ParkNews
}

interface ParkNews {
  readonly kind: "park-began" | "park-ended"
  readonly entry: Park
}

type Subject = Pick<Attempt, "target" | "model"> & { readonly call: { readonly id: string } }

/**
 * What follows for a failure's scope, the table's unless the provider said otherwise: a hint gates it, some classes
 * park it.
 *
 * @param admitted the ledger the attempt was admitted under; a park that is newer has learned the same already
 */
export function afterFailure(
  ledger: Ledger,
  admitted: Ledger,
  { target, model, call }: Subject,
  { class: cause, retryAfterMs: hintMs, scope: ownScope }: Failure,
  dateMs: number,
): Entry {
  const row = failureTable[cause]
  const failureScope = ownScope ?? row.scope
  if (failureScope === "none") return { ledger }
  const scope = scopeOf(failureScope, target, model)
  const slot = slotOf(scope)
  if (row.park !== "no") {
    const old = ledger.parks[slot]
    if (!isSameGeneration(old, admitted.parks[slot])) return { ledger }
    const complaint = { scope, cause, callId: call.id, atOnce: row.park === "at-once", hintMs }
    const park = complained(old, complaint, dateMs)
    const parks = { ...kept(ledger.parks, dateMs), [slot]: park }
    const isNews = park.generation !== (old?.generation ?? 0)
    return { ledger: { ...ledger, parks }, ...(isNews && { news: { kind: "park-began", entry: park } }) }
  }
  if (hintMs === undefined || hintMs <= 0) return { ledger }
  const old = ledger.gates[slot]
  const gate = { scope, untilMs: dateMs + hintMs, cause }
  if (old !== undefined && longerGate(old, gate) === old) return { ledger }
  const gates = { ...kept(ledger.gates, dateMs), [slot]: gate }
  return { ledger: { ...ledger, gates }, news: { kind: "gate-closed", entry: gate } }
}

/** A success clears the parks that cover it, as far as they are those it was admitted under. */
export function afterSuccess(ledger: Ledger, admitted: Ledger, subject: Subject, dateMs: number): Entry {
  const marked = Object.entries(ledger.parks).filter(
    ([slot, park]) =>
      isMarked(park) && isAbout(park.scope, subject) && isSameGeneration(park, admitted.parks[slot]),
  )
  if (marked.length === 0) return { ledger }
  const parks = Object.fromEntries(marked.map(([slot, park]) => [slot, cleared(park, dateMs)]))
  const ended = marked.map(([, park]) => park).find(({ strikes, isLifted }) => strikes > 0 && !isLifted)
  return {
    ledger: { ...ledger, parks: { ...kept(ledger.parks, dateMs), ...parks } },
    ...(ended !== undefined && { news: { kind: "park-ended", entry: ended } }),
  }
}

/** Evidence from outside lifts the parks of a target's key that were begun for a cause, whatever the model. */
export function afterEvidence(
  ledger: Ledger,
  { endpoint, key }: Target,
  cause: FailureClass,
  dateMs: number,
): Entry {
  const standing = Object.entries(ledger.parks).filter(
    ([, park]) =>
      park.untilMs > dateMs && park.cause === cause && covers(park.scope, endpoint, key, park.scope.model),
  )
  const [first] = standing
  if (first === undefined) return { ledger }
  const parks = Object.fromEntries(standing.map(([slot, park]) => [slot, lifted(park, dateMs)]))
  return {
    ledger: { ...ledger, parks: { ...kept(ledger.parks, dateMs), ...parks } },
    news: { kind: "park-ended", entry: first[1] },
  }
}

/**
 * Forgets what is known of a target's key, which is another one now; and what is known of the endpoint, if that is
 * elsewhere. What attempts with the old one still tell changes nothing.
 */
export function afterRenewal(
  ledger: Ledger,
  { endpoint, key }: Target,
  isElsewhere: boolean,
  dateMs: number,
): Entry {
  const isGone = ({ scope }: Gate | Park): boolean =>
    scope.key === key || (isElsewhere && scope.key === undefined)
  const ofKey = { endpoint, key }
  const known: Ledger["parks"] = { [slotOf(ofKey)]: blankPark(ofKey), ...ledger.parks }
  const parks = Object.entries(known).map(([slot, park]): [string, Park] => [
    slot,
    isGone(park) ? cleared(park, dateMs) : park,
  ])
  const gates = Object.entries(ledger.gates).filter(([, gate]) => !isGone(gate))
  const standing = Object.values(ledger.parks).find((park) => isGone(park) && park.untilMs > dateMs)
  return {
    ledger: { gates: Object.fromEntries(gates), parks: Object.fromEntries(parks) },
    ...(standing !== undefined && { news: { kind: "park-ended", entry: standing } }),
  }
}

/** The gate or park that holds the target back longest, if one does. */
export function holding<T extends Gate | Park>(
  entries: Readonly<Record<string, T>>,
  subject: Pick<Attempt, "target" | "model">,
  dateMs: number,
): T | undefined {
  let longest: T | undefined
  for (const entry of Object.values(entries))
    if (entry.untilMs > Math.max(dateMs, longest?.untilMs ?? 0) && isAbout(entry.scope, subject))
      longest = entry
  return longest
}

const isSameGeneration = (a: Park | undefined, b: Park | undefined): boolean =>
  (a?.generation ?? 0) === (b?.generation ?? 0)

const isAbout = (scope: Scope, { target, model }: Pick<Attempt, "target" | "model">): boolean =>
  covers(scope, target.endpoint, target.key, model)

const slotOf = ({ key, model }: Scope): string => JSON.stringify([key ?? null, model ?? null])

function scopeOf(scope: FailureScope, { endpoint, key }: Target, model: string | undefined): Scope {
  const ofKey = scope === "key" || scope === "key-model"
  const ofModel = model !== undefined && (scope === "key-model" || scope === "endpoint-model")
  return { endpoint, ...(ofKey && { key }), ...(ofModel && { model }) }
}
