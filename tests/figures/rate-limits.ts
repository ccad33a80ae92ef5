import type { Plugin } from "@bellwether/core"
import { rateLimit } from "@bellwether/rate-limit"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { atLeast, atMost, inTurn, plain } from "./figure.ts"
import type { Cell, Figure, Row } from "./figure.ts"
import type { Load } from "./stage/load.ts"
import { limited } from "./stage/limited.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"

const workers = 30
const requestsPerMinute = 60
const minutes = 30
/** A worker whose call has failed begins the next one after so long. */
const restMs = 1_000
/** Longer than a fair wait of half a minute. */
const maxWaitMs = 60_000

/** What one worker has got: how long it had to wait for each answer. */
type Waits = number[]

/** Workers who never rest but after a failure, for half an hour. */
const greedily =
  (all: readonly Waits[]): Load =>
  async ({ clock }, ask) => {
    const outcomes: Outcome[] = []
    const endMs = minutes * 60_000
    async function work(waits: Waits): Promise<void> {
      let sinceMs = clock.now()
      while (clock.now() < endMs) {
        const outcome = await ask(outcomes.length)
        outcomes.push(outcome)
        if (outcome.isAnswered) waits.push(clock.now() - sinceMs)
        else await clock.sleep(restMs)
        if (outcome.isAnswered) sinceMs = clock.now()
      }
      waits.push(clock.now() - sinceMs)
    }
    await Promise.all(all.map(work))
    return outcomes
  }

/** Jain, Chiu, Hawe, "A Quantitative Measure of Fairness and Discrimination", DEC-TR-301, 1984. */
function fairness(shares: readonly number[]): number {
  const total = shares.reduce((sum, share) => sum + share, 0)
  return total ** 2 / (shares.length * shares.reduce((sum, share) => sum + share ** 2, 0))
}

const secondsWithin = (waits: Waits, share: number): number =>
  (waits.toSorted((a, b) => a - b)[Math.ceil(share * waits.length) - 1] ?? Number.NaN) / 1_000

interface Way {
  readonly label: string
  readonly use: readonly Plugin[]
  /** Whether the provider tells of its limits before it throttles. */
  readonly tells: boolean
  readonly throttles?: (measured: number) => Cell
  readonly fairness?: (measured: number) => Cell
}

const promised = {
  throttles: (measured: number) => atMost(measured, 0.1),
  fairness: (measured: number) => atLeast(measured, 0.99),
} as const

const ways: readonly Way[] = [
  { label: "retry, router", use: [retry(), router()], tells: true },
  {
    label: "and rate-limit, told nothing",
    use: [retry(), router(), rateLimit({ maxWaitMs })],
    tells: false,
    ...promised,
  },
  {
    label: "told by headers",
    use: [retry(), router(), rateLimit({ maxWaitMs })],
    tells: true,
    ...promised,
  },
  {
    label: "from the first throttle on",
    use: [retry(), router(), rateLimit({ maxWaitMs, actsFrom: "first-throttle" })],
    tells: true,
    ...promised,
  },
  {
    label: "told beforehand",
    use: [retry(), router(), rateLimit({ maxWaitMs, limits: [{ endpoint: "alpha", requestsPerMinute }] })],
    tells: false,
    ...promised,
    throttles: (measured) => atMost(measured, 0.01),
  },
]

async function rowOf({ label, use, tells, throttles = plain, fairness: fair = plain }: Way): Promise<Row> {
  const all: readonly Waits[] = Array.from({ length: workers }, () => [])
  const provider = limited({ requestsPerMinute, tells, serviceMs: 500 })
  await play({ endpoints: { alpha: { provider: provider.visit } }, use, load: greedily(all) })
  const waits = all.flat()
  const answered = provider.answered
  return {
    label,
    cells: [
      throttles(provider.throttled / answered),
      fair(fairness(all.map(({ length }) => length - 1))),
      plain(secondsWithin(waits, 0.5)),
      plain(secondsWithin(waits, 1)),
      plain(answered / minutes),
    ],
  }
}

const published = (label: string, ...numbers: readonly number[]): Row => ({
  label: `[${label}]`,
  cells: numbers.map(plain),
})

/** What others were found to do, simulated: 429 per success, fairness, seconds waited at the median and at most. */
const others: readonly Row[] = [
  published("3 repeats at once", 108, 0.1, 0, 1_800),
  published("as the openai SDK", 40, 0.1, 0, 1_800),
  published("full jitter, 6 repeats", 14.8, 0.18, 0, 1_800),
  published("Retry-After and jitter", 6.1, 0.16, 0, 1_800),
  published("shared gate and FIFO", 1, 1, 27, 30),
  published("AIMD and FIFO", 0.06, 1, 27, 29),
  published("bucket of 57 rpm and FIFO", 0, 1, 28.6, 31, 56.9),
]

/** Table F: who wants more than a key allows. */
export const rateLimits: Figure = {
  name: "rate-limits",
  title: `${workers} workers want all they can get of a key of ${requestsPerMinute} requests a minute`,
  source: "≤ 0.1 and ≥ 0.99 are promised; [in brackets] a simulation of others, closed loop, half an hour",
  columns: ["429 per success", "fairness", "median s", "longest s", "a minute"],
  rows: async () => [...others, ...(await inTurn(ways, rowOf))],
}
