import { expect, test } from "vitest"
import { soakRouting } from "./routing.ts"

test("calls go where it is well, and none is lost while somebody is", async () => {
  const result = await soakRouting({ calls: 300, perSecond: 50, troubles: 2, seed: 1 })
  expect(result).toMatchObject({ calls: 300, lost: {}, left: 0 })
  expect(result.toSickPercent).toBeLessThan(result.blindPercent / 2)
  expect(result.recoveries).toBeGreaterThan(0)
  expect(result.firstSecondPercent).toBeLessThan(result.fairPercent)
  expect(result.trials).toBeGreaterThan(0)
  expect(result.mostTrialsAtOnce).toBe(1)
}, 60_000)
