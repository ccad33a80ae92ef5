import { decorrelatedJitter, equalJitter, exponential, fullJitter } from "@bellwether/backoff"
import type { Backoff, Chance } from "@bellwether/backoff"
import { seededRandom, virtualClock } from "@bellwether/testing"
import { about, inTurn } from "./figure.ts"
import type { Figure, Row } from "./figure.ts"
import { normally } from "./stage/distribution.ts"

const clients = 100
const trials = 10
const hopMs = normally(10, 2)

/** Clients read a version and write it back; a write based on an old version fails and backs off. */
async function contend(backoff: Backoff, chance: Chance): Promise<{ calls: number; doneMs: number }> {
  const clock = virtualClock()
  const hop = (): Promise<void> => clock.sleep(hopMs(chance))
  let version = 0
  let calls = 0

  async function client(): Promise<void> {
    let delayMs = 0
    for (let attempt = 1; ; attempt++) {
      await hop()
      const seen = version
      await hop()
      await hop()
      calls++
      const isWritten = seen === version
      if (isWritten) version++
      await hop()
      if (isWritten) return
      delayMs = backoff(attempt, delayMs, chance)
      await clock.sleep(delayMs)
    }
  }

  await clock.runUntil(Promise.all(Array.from({ length: clients }, client)))
  return { calls, doneMs: clock.now() }
}

/** His program counts from the first repeat, so its base of 5 ms is the 10 ms of ours. */
const growing = { baseMs: 10, capMs: 2_000 }

interface Contender {
  readonly label: string
  readonly backoff: Backoff
  readonly published: { readonly calls: number; readonly doneMs: number }
}

const contenders: readonly Contender[] = [
  { label: "no backoff", backoff: () => 0, published: { calls: 2_419, doneMs: 2_022 } },
  { label: "exponential", backoff: exponential(growing), published: { calls: 1_859, doneMs: 63_676 } },
  { label: "equal jitter", backoff: equalJitter(growing), published: { calls: 811, doneMs: 6_608 } },
  { label: "full jitter", backoff: fullJitter(growing), published: { calls: 794, doneMs: 4_930 } },
  {
    label: "decorrelated jitter",
    backoff: decorrelatedJitter({ baseMs: 5, capMs: 2_000 }),
    published: { calls: 999, doneMs: 4_683 },
  },
]

async function rowOf({ label, backoff, published }: Contender): Promise<Row> {
  const random = seededRandom("contention")
  let calls = 0
  let doneMs = 0
  for (let trial = 0; trial < trials; trial++) {
    const ended = await contend(backoff, random.stream(label, trial))
    calls += ended.calls
    doneMs += ended.doneMs
  }
  return {
    label,
    cells: [about(calls / trials, published.calls, 0.04), about(doneMs / trials, published.doneMs, 0.1)],
  }
}

/** What jitter saves when many clients want the same thing. */
export const contention: Figure = {
  name: "contention",
  title: "100 clients write one version after the other, by backoff",
  source: 'Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015, its program run',
  columns: ["calls", "done after ms"],
  rows: () => inTurn(contenders, rowOf),
}
