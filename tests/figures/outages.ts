import { atLeast, atMost, near, plain } from "./figure.ts"
import type { Cell, Figure } from "./figure.ts"
import { elsewhere } from "./outages/elsewhere.ts"
import type { Measures } from "./outages/measure.ts"
import { measured } from "./outages/scenario.ts"
import type { Scale, Scenario } from "./outages/scenario.ts"
import { scenarios } from "./outages/scenarios.ts"

type Played = Scenario & Measures

/** Law 4. */
const usualLoad = 1.2

/** When the primary must serve its share again: an interval of the probes, and the ramp. */
const soonSeconds = 40

/** Where not everything can be answered, so many of a hundred may be lost until everybody knows. */
const mayBeLost = 1

function answeredCell({ answeredPercent, answerablePercent: most }: Played): Cell {
  return atLeast(answeredPercent, most === 100 ? most : most - mayBeLost)
}

/** Where both share the load there is no way back to see. */
function backCell({ isOneTier = false, backAfterSeconds }: Played): Cell {
  return isOneTier ? plain(Number.NaN) : atMost(backAfterSeconds, soonSeconds)
}

/**
 * An hour of a primary and a backup, in which the primary fails in all the ways it can, under the default stack.
 *
 * @param scale of the hour; the numbers are per call
 */
export function outages(scale: Scale): readonly Figure[] {
  let playing: Promise<readonly Played[]> | undefined

  async function playAll(): Promise<readonly Played[]> {
    const all: Played[] = []
    for (const scenario of scenarios) all.push({ ...scenario, ...(await measured(scenario, scale)) })
    return all
  }

  /** The tables tell of the same hours. */
  const played = (): Promise<readonly Played[]> => (playing ??= playAll())

  return [
    {
      name: "outages",
      title: "An hour with an outage of the primary: the default stack with a primary and a backup",
      source:
        "law 4: load ≤ 1.2; back: seconds to 90 % at the primary, a probe interval (30) and the ramp (10)",
      columns: ["answered %", "load", "back s", "cut short"],
      rows: async () =>
        (await played()).map((scenario) => ({
          label: scenario.label,
          cells: [
            answeredCell(scenario),
            atMost(scenario.load, scenario.mostLoad ?? usualLoad),
            backCell(scenario),
            near(scenario.cutShort, 0, 0),
          ],
        })),
    },
    {
      name: "outages-waiting",
      title: "What callers waited in these hours: seconds to the first content, and to the end",
      source: "primary and backup: attempts at each per call of the outage",
      columns: ["first p50", "p99", "end p50", "p99", "over 60 s %", "primary", "backup"],
      rows: async () =>
        (await played()).map(({ label, firstContentMs: first, durationMs: end, ...hour }) => ({
          label,
          cells: [
            ...[first.p50, first.p99, end.p50, end.p99].map((ms) => ms / 1_000),
            hour.overAMinutePercent,
            hour.primaryLoad,
            hour.backupLoad,
          ].map(plain),
        })),
    },
    {
      name: "outages-elsewhere",
      title: "These hours with the configurations users have, per 36,000 calls",
      source: "sdk, article, breaker, tuned: a simulation of the same hours before this project began",
      columns: ["sdk", "article", "breaker", "tuned", "ours"],
      rows: async () => {
        const hours = new Map((await played()).map((hour) => [hour.label, hour]))
        return elsewhere.flatMap(({ scenario, what, others, ours }) => {
          const hour = hours.get(scenario)
          if (hour === undefined) return []
          return {
            label: `${scenario}: ${what}`,
            cells: [...others, ours(hour)].map(plain),
          }
        })
      },
    },
  ]
}
