import { hedge } from "@bellwether/hedge"
import type { HedgeOptions } from "@bellwether/hedge"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { about, atMost, inTurn, near } from "./figure.ts"
import type { Figure, Row } from "./figure.ts"
import { logNormally } from "./stage/distribution.ts"
import { closedLoop } from "./stage/load.ts"
import { latencyMs, load } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import type { Provider } from "./stage/provider.ts"
import { streamedAnswer } from "./stage/speech.ts"

const firstContentMs = logNormally(600, 0.35)

/** Three of a hundred answers take eight times as long. */
const straggling: Provider = async ({ clock, chance }) => {
  const factor = chance.next() < 0.03 ? 8 : 1
  await clock.sleep(factor * firstContentMs(chance))
  return streamedAnswer()
}

interface Variant {
  readonly label: string
  readonly options?: HedgeOptions
  readonly goldenP99Ms: number
  readonly mostExtraPercent: number
}

const variants: readonly Variant[] = [
  { label: "no hedge", goldenP99Ms: 5_574, mostExtraPercent: 0 },
  { label: "at the 95th percentile", options: {}, goldenP99Ms: 1_944, mostExtraPercent: 5 },
  {
    label: "at the 90th percentile",
    options: { percentile: 0.9, floorMs: 500, maxExtra: 0.1 },
    goldenP99Ms: 1_728,
    mostExtraPercent: 10,
  },
]

async function rowOf({ label, options, goldenP99Ms, mostExtraPercent }: Variant): Promise<Row> {
  const outcomes = await play({
    endpoints: { alpha: { provider: straggling, tier: 0 }, beta: { provider: straggling, tier: 0 } },
    use: [retry(), ...(options === undefined ? [] : [hedge(options)]), router({ strategy: "round-robin" })],
    load: closedLoop({ clients: 20, calls: 3_000 }),
    stream: true,
  })
  return {
    label,
    cells: [
      near(latencyMs(outcomes, 0.5), 600, 15),
      about(latencyMs(outcomes, 0.99), goldenP99Ms, 0.1),
      atMost(100 * (load(outcomes) - 1), mostExtraPercent),
    ],
  }
}

/** Table C: what a second request saves where few answers are late. */
export const hedging: Figure = {
  name: "hedging",
  title: "Milliseconds to the first content: median 600, 3 % stragglers at 8 times that",
  source: "a model of the same scene: p99 65 % lower with 5 % extra, 69 % lower with 10 %",
  columns: ["p50", "p99", "extra %"],
  rows: () => inTurn(variants, rowOf),
}
