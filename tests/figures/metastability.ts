import { circuitBreaker } from "@bellwether/circuit-breaker"
import type { Plugin } from "@bellwether/core"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { atMost, inTurn, near, plain } from "./figure.ts"
import type { Cell, Figure, Row } from "./figure.ts"
import { openLoop } from "./stage/load.ts"
import { load } from "./stage/outcome.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import { answer, failure } from "./stage/provider.ts"
import type { Provider } from "./stage/provider.ts"
import { queue } from "./stage/queue.ts"

/** A quarter of the model's load and capacity: how long it takes depends on their proportion only. */
const capacityPerSecond = 25
const callsPerSecond = 20
const seconds = 100
const patienceMs = 1_000
const stall = { fromMs: 10_000, untilMs: 20_000 }
/** Fine enough to tell when it is over, coarse enough not to see chance. */
const stepMs = 5_000

/** Its front sends away, with a 504, whoever has waited for a second; its workers may not notice. */
function stalling(dropsLeft: boolean): Provider {
  const isStalled = (nowMs: number): boolean => nowMs >= stall.fromMs && nowMs < stall.untilMs
  const served = queue({
    servers: 1,
    serviceMs: (_chance, nowMs) => 1_000 / capacityPerSecond + (isStalled(nowMs) ? stall.untilMs - nowMs : 0),
    patienceMs,
    dropsLeft,
  })
  return async (visit) => ((await served(visit)) ? answer() : failure(504))
}

/** Seconds from the end of the stall until nine of ten calls are answered again for good. */
function recoverySeconds(outcomes: readonly Outcome[]): number {
  const steps = Array.from({ length: (seconds * 1_000) / stepMs }, (_, step) =>
    outcomes.filter(({ atMs }) => Math.floor(atMs / stepMs) === step),
  )
  const lastBad = steps.findLastIndex(
    (step) => step.filter(({ isAnswered }) => isAnswered).length < 0.9 * step.length,
  )
  return lastBad === steps.length - 1 ? Infinity : ((lastBad + 1) * stepMs - stall.untilMs) / 1_000
}

/** So many seconds' worth of calls were not answered. */
const lostSeconds = (outcomes: readonly Outcome[]): number =>
  outcomes.filter(({ isAnswered }) => !isAnswered).length / callsPerSecond

interface Variant {
  readonly label: string
  readonly use: readonly Plugin[]
  /** With a second key there is somewhere else to go, so that circuits may open. */
  readonly hasTwoKeys?: boolean
  /** Whether the provider stops working for those it has sent away. */
  readonly dropsLeft?: boolean
  readonly recovery: (seconds: number) => Cell
  readonly load: (measured: number) => Cell
}

const repeats = 3
const never = (recovered: number): Cell => near(recovered, Infinity, 0)
const naive = (measured: number): Cell => near(measured, 3.69, 0.2)
const within = (limit: number) => (measured: number) => atMost(measured, limit)

const variants: readonly Variant[] = [
  { label: "no retry", use: [], recovery: (s) => near(s, 45, 10), load: within(1) },
  {
    label: "3 repeats after a backoff",
    use: [retry({ repeats, budget: false })],
    recovery: never,
    load: naive,
  },
  {
    label: "3 repeats in our budget",
    use: [retry({ repeats })],
    recovery: within(80),
    load: within(1.2),
  },
  {
    label: "and work for the gone dropped",
    use: [retry({ repeats })],
    dropsLeft: true,
    recovery: within(5),
    load: within(1.2),
  },
  {
    label: "two keys, our breaker",
    use: [retry({ repeats }), router({ strategy: "round-robin", onUnavailable: "fail" }), circuitBreaker()],
    hasTwoKeys: true,
    recovery: (s) => near(s, 5, 5),
    load: within(1),
  },
]

async function rowOf(variant: Variant): Promise<Row> {
  const { label, use, hasTwoKeys = false, dropsLeft = false } = variant
  const provider = stalling(dropsLeft)
  const outcomes = await play({
    endpoints: { alpha: { provider, ...(hasTwoKeys && { keys: ["sk-1", "sk-2"] }) } },
    use,
    load: openLoop({ perSecond: callsPerSecond, seconds }),
  })
  return {
    label,
    cells: [
      variant.recovery(recoverySeconds(outcomes)),
      variant.load(load(outcomes)),
      plain(lostSeconds(outcomes)),
    ],
  }
}

/** Table B: how long a stall of ten seconds lasts for those who retry. */
export const metastability: Figure = {
  name: "metastability",
  title: "After a stall of 10 s, at four fifths of the capacity and with a patience of 1 s",
  source: "a model of the same scene; in closed form 35 s without retries: (200 − 25) / (25 − 20); law 4",
  columns: ["recovered after s", "load", "lost s"],
  rows: () => inTurn(variants, rowOf),
}
