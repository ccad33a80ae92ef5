import { seededRandom } from "@bellwether/testing"
import { requestShare, sceneOf } from "./budgets/scene.ts"
import type { Fate, Period, Unit } from "./budgets/scene.ts"
import { atMost, inTurn, near, plain } from "./figure.ts"
import type { Figure, Row } from "./figure.ts"

const callers = 1_000
/** So many reservations fit. */
const fitting = 100

const units: readonly Unit[] = ["requests", "tokens", "usd"]

/** When nothing of it counts any more: rolling ones remember up to a sixtieth too long. */
const overMs: Readonly<Record<Period, number>> = {
  minute: 62_000,
  hour: 3_660_000,
  day: 86_400_000,
  month: 31 * 86_400_000,
}
const periods = Object.keys(overMs) as readonly Period[]

interface Kind {
  readonly unit: Unit
  readonly per: Period
}

const kinds: readonly Kind[] = units.flatMap((unit) => periods.map((per) => ({ unit, per })))

async function rowOf({ unit, per }: Kind): Promise<Row> {
  const scene = sceneOf(unit, per, fitting)
  const admitted = await scene.wave(callers)
  const settled = scene.state().used
  const again = await scene.wave(callers)
  const { reserved } = scene.state()
  await scene.advance(overMs[per])
  const later = await scene.wave(callers)
  await scene.close()
  return {
    label: `${unit} per ${per}`,
    cells: [
      near(admitted, fitting, 0),
      plain(settled),
      plain(again),
      atMost(scene.most() - fitting, 1),
      near(reserved, 0, 0),
      near(later, fitting, 0),
    ],
  }
}

/** What is let in by budgets of every kind. */
export const budgets: Figure = {
  name: "budgets",
  title: `A thousand calls at once, under a budget that ${fitting} of them fit, and as many once more`,
  source: "in reservations; over: the most there ever was beyond the limit; next: let in a period later",
  columns: ["let in", "used", "once more", "over", "held", "next"],
  rows: () => inTurn(kinds, rowOf),
}

/** Of what was set aside only the request is kept after this, whoever died: the default lease. */
const leaseMs = 900_000

const fates: readonly Fate[] = ["gives up", "never reads", "is never answered"]

interface Death {
  readonly label: string
  readonly unit: Unit
  readonly fateOf: (caller: number) => Fate
}

const chance = seededRandom("fates")

const deaths: readonly Death[] = [
  ...fates.map((fate): Death => ({ label: `each ${fate}`, unit: "tokens", fateOf: () => fate })),
  ...units.map((unit): Death => ({
    label: `any of these, ${unit}`,
    unit,
    fateOf: (caller) => fates[Math.floor(chance.stream(caller).next() * fates.length)] ?? "reads",
  })),
]

async function deathRowOf({ label, unit, fateOf }: Death): Promise<Row> {
  const scene = sceneOf(unit, "day", fitting)
  const admitted = await scene.wave(callers, fateOf)
  const then = scene.state()
  await scene.advance(leaseMs)
  const later = scene.state()
  await scene.advance(overMs.day)
  const gone = scene.state()
  await scene.close()
  return {
    label,
    cells: [
      near(admitted, fitting, 0),
      plain(then.used - then.reserved),
      plain(then.reserved),
      plain(later.used),
      atMost(later.reserved, then.reserved * requestShare[unit] + 1e-9),
      near(gone.used, 0, 0),
      atMost(scene.most() - fitting, 1),
    ],
  }
}

/** What becomes of what was set aside for callers who die before it is settled. */
export const budgetDeaths: Figure = {
  name: "budgets-deaths",
  title: "The same, with callers who die between the reservation and its settlement",
  source:
    "in reservations, after a quarter of a minute; later: when the lease of 15 minutes is over, and only requests are held",
  columns: ["let in", "used", "held", "used later", "held later", "next day", "over"],
  rows: () => inTurn(deaths, deathRowOf),
}
