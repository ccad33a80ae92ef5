import type { Measures } from "./measure.ts"
import type { ScenarioLabel } from "./scenarios.ts"

/** What others measured of the configurations users have, in an hour of 36,000 calls; and how we measure it. */
export interface Elsewhere {
  readonly scenario: ScenarioLabel
  readonly what: string
  /**
   * `sdk`: two repeats, a patience of 600 s. `article`: probes of `/models` every 30 s, repeats after 1, 2 and 4 s, a
   * patience of 30 s, failover. `breaker`: failover, a breaker (5 failures, 60 s), a patience of 30 s. `tuned`: first
   * byte within 5 s, a breaker (5 failures, 15 s), 401 fails over too, a retry budget of 20 %.
   */
  readonly others: readonly [sdk: number, article: number, breaker: number, tuned: number]
  readonly ours: (measures: Measures) => number
}

const calls = 36_000

const answered = ({ answeredPercent }: Measures): number => answeredPercent
const load = (measures: Measures): number => measures.load
const lost = ({ answeredPercent }: Measures): number => ((100 - answeredPercent) / 100) * calls
const overAMinute = ({ overAMinutePercent }: Measures): number => (overAMinutePercent / 100) * calls
const cutShort = (measures: Measures): number => measures.cutShort

export const elsewhere: readonly Elsewhere[] = [
  { scenario: "503", what: "answered %", others: [75.2, 100, 100, 100], ours: answered },
  { scenario: "503", what: "load", others: [1.5, 1.02, 1, 1], ours: load },
  {
    scenario: "503, /models answers",
    what: "load",
    others: [1.5, 1.25, 1, 1],
    ours: load,
  },
  {
    scenario: "black hole",
    what: "p99 s",
    others: [1_210, 35, 32, 25],
    ours: ({ durationMs }) => durationMs.p99 / 1_000,
  },
  {
    scenario: "black hole",
    what: "over 60 s",
    others: [8_949, 17, 13, 10],
    ours: overAMinute,
  },
  {
    scenario: "stall of 30 s",
    what: "first content p99 s",
    others: [31, 32, 31, 5.7],
    ours: ({ firstContentMs }) => firstContentMs.p99 / 1_000,
  },
  { scenario: "401", what: "lost", others: [5_937, 634, 5_937, 0], ours: lost },
  {
    scenario: "503, backup takes a third",
    what: "answered %",
    others: [75.2, 83, 83.6, 83.4],
    ours: answered,
  },
  {
    scenario: "503, backup takes a third",
    what: "load",
    others: [1.5, 1.69, 1.18, 1.01],
    ours: load,
  },
  {
    scenario: "30 % of streams cut",
    what: "cut short",
    others: [2_642, 2_642, 2_642, 2_642],
    ours: cutShort,
  },
  {
    scenario: "tokens 8 times slower",
    what: "over 60 s",
    others: [1_897, 1_897, 1_897, 1_897],
    ours: overAMinute,
  },
  {
    scenario: "503 from both",
    what: "lost",
    others: [2_960, 2_934, 2_943, 3_011],
    ours: lost,
  },
]
