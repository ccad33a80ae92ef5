import { router } from "@bellwether/router"
import type { RouterOptions } from "@bellwether/router"
import { about, inTurn, near, plain } from "./figure.ts"
import type { Figure, Row } from "./figure.ts"
import { logNormally } from "./stage/distribution.ts"
import { openLoop } from "./stage/load.ts"
import { latencyMs, sharePercent } from "./stage/outcome.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import type { Cast } from "./stage/play.ts"
import { answer } from "./stage/provider.ts"
import { queue } from "./stage/queue.ts"

const ids = Array.from({ length: 8 }, (_, place) => `endpoint-${place}`)
/** Somewhere in the middle, so that no order helps. */
const slowOne = "endpoint-3"
const slowFactor = 5

const slowFromMs = 20_000
const endMs = 220_000
/** What was modelled took six times as long; a line that grows without end is a sixth as long here. */
const timeScale = 1 / 6

/** Ten at once, two seconds each: five a second. */
function endpoint(isSlowOne: boolean): Cast {
  const usualMs = logNormally(1_800, 0.5)
  const served = queue({
    servers: 10,
    serviceMs: (chance, nowMs) => (isSlowOne && nowMs >= slowFromMs ? slowFactor : 1) * usualMs(chance),
  })
  return {
    tier: 0,
    async provider(visit) {
      await served(visit)
      return answer()
    },
  }
}

interface Variant {
  readonly strategy: Extract<RouterOptions["strategy"], string>
  /** Seconds in the model, and by which share chance may move them. */
  readonly golden: { readonly p50: number; readonly p95: number; readonly p99: number }
  readonly within: number
  /** How many of a hundred calls went to the slow one, in the model. */
  readonly slow?: number
}

const variants: readonly Variant[] = [
  { strategy: "round-robin", golden: { p50: 1.8, p95: 5.3, p99: 648 * timeScale }, within: 0.15, slow: 12.5 },
  {
    strategy: "lowest-latency",
    golden: { p50: 241 * timeScale, p95: 742 * timeScale, p99: 858 * timeScale },
    within: 0.4,
  },
  { strategy: "least-busy", golden: { p50: 1.8, p95: 4.7, p99: 11.3 }, within: 0.15, slow: 3 },
  { strategy: "p2c", golden: { p50: 1.8, p95: 4.3, p99: 7.2 }, within: 0.15, slow: 1.2 },
]

/** What was answered while one was slow. */
const inTrouble = ({ atMs, latencyMs: ms }: Outcome): boolean => atMs >= slowFromMs && atMs + ms <= endMs

async function rowOf({ strategy, golden, within, slow }: Variant): Promise<Row> {
  const outcomes = await play({
    endpoints: Object.fromEntries(ids.map((id) => [id, endpoint(id === slowOne)])),
    use: [router({ strategy })],
    load: openLoop({ perSecond: 28, seconds: endMs / 1_000 }),
  })
  const answered = outcomes.filter(inTrouble)
  const seconds = (share: number): number => latencyMs(answered, share) / 1_000
  const toSlowOne = sharePercent(
    outcomes.filter(({ atMs }) => atMs >= slowFromMs),
    slowOne,
  )
  return {
    label: strategy,
    cells: [
      about(seconds(0.5), golden.p50, within),
      about(seconds(0.95), golden.p95, within),
      about(seconds(0.99), golden.p99, within),
      slow === undefined ? plain(toSlowOne) : near(toSlowOne, slow, 0.5),
    ],
  }
}

/** Table E: where calls go when one of many endpoints turns slow. */
export const balancing: Figure = {
  name: "balancing",
  title: "Seconds to the answer: 8 endpoints, one of them 5 times slower, 28 calls/s",
  source: "a model of the same scene, six times as long: a sixth of it where lines grow without end",
  columns: ["p50", "p95", "p99", "to the slow one %"],
  rows: () => inTurn(variants, rowOf),
}
