import type { Chance } from "@bellwether/backoff"
import type { Clock } from "@bellwether/core"
import type { Visit } from "./provider.ts"

/** A counter with a line in front of it. */
export interface QueueOptions {
  /** How many visitors are served at once. */
  readonly servers: number
  /** How long a visitor is served that begins to be served now. */
  readonly serviceMs: (chance: Chance, nowMs: number) => number
  /** Milliseconds after which a visitor leaves unserved. @default never */
  readonly patienceMs?: number
  /** Whether visitors who have left are passed over; else their work is done for nobody. @default false */
  readonly dropsLeft?: boolean
}

interface Visitor {
  readonly chance: Chance
  readonly served: () => void
  hasLeft: boolean
}

/** First come, first served. What it returns resolves to whether the visitor was served in time. */
export function queue(options: QueueOptions): (visit: Pick<Visit, "clock" | "chance">) => Promise<boolean> {
  const { servers, serviceMs, patienceMs = Infinity, dropsLeft = false } = options
  const line: Visitor[] = []
  let busy = 0

  function serve(clock: Clock): void {
    while (busy < servers) {
      const visitor = line.shift()
      if (visitor === undefined) return
      if (visitor.hasLeft && dropsLeft) continue
      busy++
      clock.after(serviceMs(visitor.chance, clock.now()), () => {
        busy--
        visitor.served()
        serve(clock)
      })
    }
  }

  return ({ clock, chance }) =>
    new Promise((resolve) => {
      const patience =
        patienceMs === Infinity
          ? undefined
          : clock.after(patienceMs, () => {
              visitor.hasLeft = true
              resolve(false)
            })
      const visitor: Visitor = {
        chance,
        served() {
          patience?.cancel()
          resolve(true)
        },
        hasLeft: false,
      }
      line.push(visitor)
      serve(clock)
    })
}
