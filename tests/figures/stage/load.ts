import type { Clock, Random } from "@bellwether/core"
import { exponentially } from "./distribution.ts"
import type { Outcome } from "./outcome.ts"

/** Where a load is played. */
export interface Stage {
  readonly clock: Clock
  readonly random: Random
}

/** Makes calls, numbered from 0, and collects what became of them. */
export type Load = (stage: Stage, ask: (call: number) => Promise<Outcome>) => Promise<readonly Outcome[]>

/** Independent callers, who do not wait for each other (Poisson): overload does not slow them down. */
export const openLoop =
  ({ perSecond, seconds }: { readonly perSecond: number; readonly seconds: number }): Load =>
  async ({ clock, random }, ask) => {
    const gapMs = exponentially(1_000 / perSecond)
    const gaps = random.stream("arrivals")
    const asked: Promise<Outcome>[] = []
    for (let atMs = gapMs(gaps); atMs < seconds * 1_000; atMs += gapMs(gaps)) {
      await clock.sleep(atMs - clock.now())
      asked.push(ask(asked.length))
    }
    return Promise.all(asked)
  }

/** So many clients, each of which makes its next call when it has the answer to the last. */
export const closedLoop =
  ({ clients, calls }: { readonly clients: number; readonly calls: number }): Load =>
  async (_stage, ask) => {
    const outcomes: Outcome[] = []
    let made = 0
    const client = async (): Promise<void> => {
      while (made < calls) outcomes.push(await ask(made++))
    }
    await Promise.all(Array.from({ length: clients }, client))
    return outcomes
  }
