import { router } from "@bellwether/router"
import type { RouterOptions } from "@bellwether/router"
import { inTurn, near } from "./figure.ts"
import type { Figure, Row } from "./figure.ts"
import { normally } from "./stage/distribution.ts"
import { openLoop } from "./stage/load.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import type { Cast } from "./stage/play.ts"
import { answer } from "./stage/provider.ts"

const usualMs = normally(167, 5)
const slowMs = 2_000
const patienceMs = 1_000
const ids = Array.from({ length: 11 }, (_, place) => `backend-${place}`)

/** One of them is slow in the middle half of the minute. */
const backend = (isSlowOne: boolean): Cast => ({
  tier: 0,
  async provider({ clock, chance }) {
    const isSlow = isSlowOne && clock.now() >= 15_000 && clock.now() < 45_000
    await clock.sleep(isSlow ? slowMs : usualMs(chance))
    return answer()
  },
})

const inTimePercent = (outcomes: readonly Outcome[]): number =>
  (100 * outcomes.filter(({ latencyMs }) => latencyMs <= patienceMs).length) / outcomes.length

interface Variant {
  readonly strategy: Extract<RouterOptions["strategy"], string>
  readonly published: string
  readonly golden: number
  readonly within: number
}

const variants: readonly Variant[] = [
  { strategy: "round-robin", published: "round robin", golden: 95, within: 1 },
  { strategy: "least-busy", published: "least loaded", golden: 99, within: 1 },
  { strategy: "p2c", published: "peak EWMA", golden: 99.9, within: 0.1 },
]

async function rowOf({ strategy, published, golden, within }: Variant): Promise<Row> {
  const outcomes = await play({
    endpoints: Object.fromEntries(ids.map((id, place) => [id, backend(place === 5)])),
    use: [router({ strategy })],
    load: openLoop({ perSecond: 60, seconds: 60 }),
  })
  return { label: `${strategy} (${published})`, cells: [near(inTimePercent(outcomes), golden, within)] }
}

/** What load balancing by latency saves when one of many is slow. */
export const slowBackend: Figure = {
  name: "slow-backend",
  title: "Calls answered within 1 s: 11 backends, 167 ms each, one at 2 s for half of the time",
  source: 'Linkerd, "Beyond Round Robin: Load Balancing for Latency", 2016, as published',
  columns: ["in time %"],
  rows: () => inTurn(variants, rowOf),
}
