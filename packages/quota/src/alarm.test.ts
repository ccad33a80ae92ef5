import { describe, expect, test } from "vitest"
import { nextAlarm } from "./alarm.ts"
import type { Alarm } from "./alarm.ts"
import { eventOf } from "./events.ts"

/** What is told while the share that is left goes through these values. */
function told(shares: readonly number[], backShare: number): readonly (string | undefined)[] {
  let alarm: Alarm = "fine"
  return shares.map((share) => {
    const next = nextAlarm(alarm, share, { lowShare: 0.2, backShare })
    const { name } = eventOf(alarm, next) ?? { name: undefined }
    alarm = next
    return name?.replace("quota-", "")
  })
}

describe("each crossing is told once", () => {
  test.each([
    [
      "down and up",
      [1, 0.2, 0.19, 0.1, 0, 0, 1],
      [undefined, undefined, "low", undefined, "exhausted", undefined, "restored"],
    ],
    [
      "to and fro around low",
      [1, 0.19, 0.21, 0.19, 0.24, 0.19],
      [undefined, "low", undefined, undefined, undefined, undefined],
    ],
    ["low again after it was well", [0.1, 0.25, 0.1], ["low", undefined, "low"]],
    ["used up at once", [1, 0], [undefined, "exhausted"]],
    [
      "back by a little: it is low, which is not told again",
      [0, 0.1, 0.15, 0.3, 0.1],
      ["exhausted", "restored", undefined, undefined, "low"],
    ],
  ])("%s", (_, shares, events) => {
    expect(told(shares, 0)).toEqual(events)
  })

  test("a budget is back only when a fifth is: calls come by the thousand", () => {
    expect(told([0, 0.01, 0, 0.19, 0, 0.2], 0.2)).toEqual([
      "exhausted",
      undefined,
      undefined,
      undefined,
      undefined,
      "restored",
    ])
  })
})
