import { Parks } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { QuotaReading } from "./index.ts"

/** What is lifted while a provider tells these readings, one after the other. */
async function liftedBy(readings: readonly (QuotaReading | undefined)[]): Promise<readonly string[]> {
  const told: string[] = []
  const keeper: Plugin = {
    name: "keeper",
    setup: ({ provide }) =>
      provide(Parks, { lift: ({ id }, cause, reason) => void told.push(`${id} ${cause}: ${reason}`) }),
  }
  const left = [...readings]
  const { clock, quota } = stageOf({ usage: { primary: () => left.shift() }, use: [keeper] })
  for (const _ of readings) await clock.runUntil(quota.poll())
  return told
}

const lifted = ["primary/key-1 quota-exhausted: the provider tells of more quota than before"]

test.each<[string, readonly (QuotaReading | undefined)[], readonly string[]]>([
  [
    "a reset",
    [
      { left: 0, limit: 100 },
      { left: 100, limit: 100 },
    ],
    lifted,
  ],
  ["a top-up of what was too little for a call", [{ left: 0.01 }, { left: 10 }], lifted],
  ["a limit that is gone", [{ left: 0, limit: 100 }, { used: 7 }], lifted],
  ["a top-up that is told late", [{ left: 0 }, undefined, { left: 5 }], lifted],
  ["the first word, whatever it is: something else may be used up", [{ left: 90, limit: 100 }], []],
  ["less and less", [{ left: 90 }, { left: 80 }, { left: 80 }, { left: 0 }], []],
  ["no limit, as ever", [{ used: 1 }, { used: 2 }], []],
])("of %s is made what it tells", async (_, readings, expected) => {
  expect(await liftedBy(readings)).toEqual(expected)
})
