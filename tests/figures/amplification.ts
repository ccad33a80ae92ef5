import type { Plugin } from "@bellwether/core"
import { retry } from "@bellwether/retry"
import { atLeast, atMost, inTurn, near } from "./figure.ts"
import type { Cell, Figure, Row } from "./figure.ts"
import { openLoop } from "./stage/load.ts"
import { answeredPercent, load } from "./stage/outcome.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import { failing } from "./stage/provider.ts"

const shares = [0.1, 0.25, 0.5, 0.75, 1]
const repeats = 3

/** 1 + p + p² + p³ */
const naiveLoad = (p: number): number => 1 + p + p ** 2 + p ** 3
const naivePercent = (p: number): number => 100 * (1 - p ** 4)
/** The two repeats of the bare SDK. */
const sdkPercent = (p: number): number => 100 * (1 - p ** 3)

interface Policy {
  readonly label: string
  readonly use: readonly Plugin[]
  readonly load: (measured: number, p: number) => Cell
  readonly answered: (measured: number, p: number) => Cell
}

const policies: readonly Policy[] = [
  {
    label: "no retry",
    use: [],
    load: (measured) => near(measured, 1, 0),
    answered: (measured, p) => near(measured, 100 * (1 - p), 4),
  },
  {
    label: "3 repeats",
    use: [retry({ repeats, budget: false })],
    load: (measured, p) => near(measured, naiveLoad(p), 0.1),
    answered: (measured, p) => near(measured, naivePercent(p), 4),
  },
  {
    label: "in a budget",
    use: [retry({ repeats })],
    load: (measured, p) => atMost(measured, p === 1 ? 1.2 : naiveLoad(p) + 0.1),
    answered: (measured, p) =>
      atLeast(measured, Math.max(0, (p <= 0.5 ? naivePercent(p) : sdkPercent(p)) - 4)),
  },
]

const outcomesOf = (use: readonly Plugin[], share: number): Promise<readonly Outcome[]> =>
  play({
    endpoints: { alpha: { provider: failing(share) } },
    use,
    load: openLoop({ perSecond: 10, seconds: 60 }),
  })

async function rowsOf({ label, use, ...expected }: Policy): Promise<readonly Row[]> {
  const loads: Cell[] = []
  const answered: Cell[] = []
  for (const share of shares) {
    const outcomes = await outcomesOf(use, share)
    loads.push(expected.load(load(outcomes), share))
    answered.push(expected.answered(answeredPercent(outcomes), share))
  }
  return [
    { label: `${label}: load`, cells: loads },
    { label: `${label}: answered %`, cells: answered },
  ]
}

/** Table A: what retries cost a provider that fails, and what they save. */
export const amplification: Figure = {
  name: "amplification",
  title: "Attempts per call and calls answered, by the share p of attempts that fail",
  source: "closed form: load 1 + p + p² + p³, answered 1 − p⁴, at 0.75 1 − p³; in an outage law 4: ≤ 1.2",
  columns: shares.map(String),
  rows: () => inTurn(policies, rowsOf),
}
