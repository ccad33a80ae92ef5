import { amplification } from "./amplification.ts"
import { balancing } from "./balancing.ts"
import { budgetDeaths, budgets } from "./budgets.ts"
import { contention } from "./contention.ts"
import type { Figure } from "./figure.ts"
import { halfSick } from "./half-sick.ts"
import { hedging } from "./hedging.ts"
import { metastability } from "./metastability.ts"
import { outage } from "./outage.ts"
import { outages } from "./outages.ts"
import { quotaDay } from "./quota-day.ts"
import { rateLimits } from "./rate-limits.ts"
import { sharedGate } from "./shared-gate.ts"
import { slowBackend } from "./slow-backend.ts"
import { tableOf } from "./table.ts"

// `npm run figures` prints them all, `npm run figures -- balancing` those whose name contains the word.

/** Half as many calls as the hours elsewhere had: they are played in a minute or two. */
const hour = { callsPerSecond: 5, minutesBefore: 20, minutes: 60 }

const figures: readonly Figure[] = [
  amplification,
  outage,
  halfSick,
  metastability,
  contention,
  hedging,
  balancing,
  slowBackend,
  rateLimits,
  sharedGate,
  budgets,
  budgetDeaths,
  quotaDay,
  ...outages(hour),
]

const words = process.argv.slice(2)
const chosen = figures.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word.toLowerCase())),
)
if (chosen.length === 0) {
  console.error(`There is no such figure. There are: ${figures.map(({ name }) => name).join(", ")}.`)
  process.exitCode = 1
}
for (const figure of chosen) console.log(`${tableOf(figure, await figure.rows())}\n`)
