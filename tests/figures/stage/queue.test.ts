import { seededRandom, virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { exponentially } from "./distribution.ts"
import { openLoop } from "./load.ts"
import { queue } from "./queue.ts"

/** The mean time in a queue whose servers need a second, in seconds. */
async function meanSeconds(servers: number, utilisation: number, seconds: number): Promise<number> {
  const clock = virtualClock()
  const random = seededRandom(1)
  const served = queue({ servers, serviceMs: exponentially(1_000) })
  const load = openLoop({ perSecond: servers * utilisation, seconds })
  const outcomes = await clock.runUntil(
    load({ clock, random }, async (call) => {
      const atMs = clock.now()
      await served({ clock, chance: random.stream("service", call) })
      const latencyMs = clock.now() - atMs
      return { atMs, isAnswered: true, latencyMs, durationMs: latencyMs, isCutShort: false, attempts: [] }
    }),
  )
  return outcomes.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / outcomes.length / 1_000
}

describe("a queue is as slow as theory says (Erlang)", () => {
  test.each([
    { servers: 1, utilisation: 0.5, mean: 2, seconds: 40_000 },
    { servers: 8, utilisation: 0.8, mean: 1.286, seconds: 3_000 },
  ])("$servers servers, used to $utilisation", async ({ servers, utilisation, mean, seconds }) => {
    expect((await meanSeconds(servers, utilisation, seconds)) / mean).toBeCloseTo(1, 1)
  })
})

describe("a visitor without patience left", () => {
  const arrive = async (dropsLeft: boolean) => {
    const clock = virtualClock()
    const visit = { clock, chance: seededRandom(1) }
    const served = queue({ servers: 1, serviceMs: () => 600, patienceMs: 1_000, dropsLeft })
    const answers: boolean[] = []
    for (let visitor = 0; visitor < 3; visitor++)
      void served(visit).then((isServed) => answers.push(isServed))
    await clock.run()
    return { answers, idleAtMs: clock.now() }
  }

  test("leaves, and is served for nobody", async () => {
    expect(await arrive(false)).toEqual({ answers: [true, false, false], idleAtMs: 1_800 })
  })

  test("leaves, and is passed over where that is noticed", async () => {
    expect(await arrive(true)).toEqual({ answers: [true, false, false], idleAtMs: 1_200 })
  })
})
