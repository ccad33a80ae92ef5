import { circuitBreaker } from "@bellwether/circuit-breaker"
import type { CircuitBreakerOptions } from "@bellwether/circuit-breaker"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { atLeast, inTurn, near, plain } from "./figure.ts"
import type { Cell, Figure, Row } from "./figure.ts"
import { openLoop } from "./stage/load.ts"
import { answeredPercent, load } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import type { Cast } from "./stage/play.ts"
import { failing } from "./stage/provider.ts"

const shares = [0.5, 0.7, 0.9]

/** The bare SDK, which repeats twice. */
const sdkPercent = (p: number): number => 100 * (1 - p ** 3)

interface Variant {
  readonly label: string
  readonly endpoints: 1 | 2
  readonly circuits: CircuitBreakerOptions | false
  readonly answered: (percent: number, p: number) => Cell
}

/** Beyond that the budget keeps back most repeats, as it should. */
const worstRescued = 0.7

const asBareSdk = (percent: number, p: number): Cell =>
  p <= worstRescued ? near(percent, sdkPercent(p), 4) : plain(percent)

const variants: readonly Variant[] = [
  {
    label: "one, no breaker",
    endpoints: 1,
    circuits: false,
    answered: asBareSdk,
  },
  {
    label: "one, breaker",
    endpoints: 1,
    circuits: {},
    answered: asBareSdk,
  },
  {
    label: "two, no breaker",
    endpoints: 2,
    circuits: false,
    answered: (percent, p) => (p === 0.5 ? near(percent, 98.1, 1.5) : atLeast(percent, sdkPercent(p) - 5)),
  },
  {
    label: "two, breaker",
    endpoints: 2,
    circuits: {},
    answered: (percent, p) => (p <= worstRescued ? atLeast(percent, sdkPercent(p)) : plain(percent)),
  },
  { label: "two, last as any", endpoints: 2, circuits: { lastConsecutiveFailures: 5 }, answered: plain },
]

async function rowsOf({ label, endpoints, circuits, answered }: Variant): Promise<readonly Row[]> {
  const answers: Cell[] = []
  const loads: Cell[] = []
  for (const share of shares) {
    const sick: Cast = { provider: failing(share, 503, 200), tier: 0 }
    const outcomes = await play({
      endpoints: endpoints === 1 ? { alpha: sick } : { alpha: sick, beta: sick },
      use: [retry(), router(), ...(circuits === false ? [] : [circuitBreaker(circuits)])],
      load: openLoop({ perSecond: 20, seconds: 30 }),
    })
    answers.push(answered(answeredPercent(outcomes), share))
    loads.push(plain(load(outcomes)))
  }
  return [
    { label: `${label}: answered %`, cells: answers },
    { label: `${label}: load`, cells: loads },
  ]
}

/** Endpoints that fail now and then are better than none. */
export const halfSick: Figure = {
  name: "half-sick",
  title: "Calls answered when every endpoint fails a share p of its attempts, 20 calls/s",
  source:
    "one: 1 − p³ as the bare SDK; two: no worse than one by the bare SDK; last as any: opened by 5 in a row",
  columns: shares.map(String),
  rows: () => inTurn(variants, rowsOf),
}
