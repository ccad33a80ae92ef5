import { mixed } from "./hash.ts"

/** A place a session can have. */
export interface Berth {
  /** Of its name. */
  readonly hash: number
  readonly weight: number
  /** Calls under way. */
  readonly inFlight: number
}

/** How far above its share of all calls a place may be loaded. */
const overload = 1.25
/** So few calls are never too many. */
const fewCalls = 4

/**
 * The place of a session, the same as long as the places are: rendezvous hashing (Thaler and Ravishankar, "Using
 * name-based mappings to increase hit rates", IEEE/ACM ToN 6/1, 1998), by weight (Schindelhauer and Schomaker,
 * "Weighted distributed hash tables", SPAA 2005). A place with far more than its share of the calls is passed over
 * (Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", SODA 2018).
 */
export function berthOf<T extends Berth>(session: number, berths: readonly [T, ...T[]]): T {
  const calls = berths.reduce((sum, { inFlight }) => sum + inFlight, 1)
  const weights = berths.reduce((sum, { weight }) => sum + weight, 0)
  const hasRoom = ({ inFlight, weight }: T): boolean =>
    inFlight < Math.max(fewCalls, Math.ceil((overload * calls * weight) / weights))
  let best: T | undefined
  let highest = -1
  for (const berth of berths) {
    const score = scoreOf(session, berth)
    if (score <= highest || !hasRoom(berth)) continue
    best = berth
    highest = score
  }
  // There is always one that has no more than its share.
  return best ?? berths[0]
}

/** A race of exponential times: each wins as often as its weight says. */
const scoreOf = (session: number, { hash, weight }: Berth): number =>
  -weight / Math.log((mixed(session, hash) + 0.5) / 2 ** 32)
