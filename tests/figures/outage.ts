import { retry } from "@bellwether/retry"
import { about, atMost } from "./figure.ts"
import type { Figure } from "./figure.ts"
import { finagleBudget } from "./stage/finagle-budget.ts"
import { openLoop } from "./stage/load.ts"
import { load } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import { failing } from "./stage/provider.ts"

const perSecond = 100
const seconds = 30

/** Every attempt fails, and every call wants all the repeats it can get. */
function finagleLoad(): number {
  const budget = finagleBudget()
  const calls = perSecond * seconds
  let sent = 0
  for (let call = 0; call < calls; call++) {
    const nowMs = (1_000 * call) / perSecond
    budget.deposit(nowMs)
    sent++
    while (budget.withdraw(nowMs)) sent++
  }
  return sent / calls
}

/** What budgets let through when nothing works any more. */
export const outage: Figure = {
  name: "outage",
  title: "Attempts per call in a total outage, 100 calls/s",
  source: "Finagle: 20 % of the requests and 10 repeats a second; law 4: ≤ 1.2",
  columns: ["load"],
  async rows() {
    const ours = await play({
      endpoints: { alpha: { provider: failing(1) } },
      use: [retry()],
      load: openLoop({ perSecond, seconds }),
    })
    return [
      { label: "Finagle's budget", cells: [about(finagleLoad(), 1.3, 0.05)] },
      { label: "our budget", cells: [atMost(load(ours), 1.2)] },
    ]
  },
}
