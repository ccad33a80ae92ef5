import { assert, constantFrom, integer, property } from "fast-check"
import { describe, expect, test } from "vitest"
import { frameOf, periodStart } from "./frame.ts"

const at = (iso: string): number => Date.parse(iso)
const iso = (ms: number): string => new Date(ms).toISOString()

describe("the calendar, in UTC", () => {
  test.each([
    ["minute", "2026-03-01T09:41:59.999Z", "2026-03-01T09:41:00.000Z", "2026-03-01T09:42:00.000Z"],
    ["hour", "2026-03-01T23:59:59.999Z", "2026-03-01T23:00:00.000Z", "2026-03-02T00:00:00.000Z"],
    ["day", "2026-12-31T23:59:59.999Z", "2026-12-31T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["month", "2026-02-28T12:00:00.000Z", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"],
    ["month", "2028-02-29T12:00:00.000Z", "2028-02-01T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    ["month", "2026-12-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  ] as const)("a %s around %s lasts from %s to %s", (per, date, from, to) => {
    const frame = frameOf(per, "calendar")
    expect(iso(frame.slotOf(at(date)))).toBe(from)
    expect(iso(frame.goneMs(frame.slotOf(at(date))))).toBe(to)
    expect(frame.counting(at(date))).toEqual([at(from)])
  })

  test("the months of a leap year follow each other", () => {
    const starts = Array.from({ length: 13 }, (_, month) =>
      periodStart("month", at("2028-01-31T10:00:00Z"), month),
    )
    const days = starts.slice(1).map((start, index) => (start - (starts[index] ?? 0)) / 86_400_000)
    expect(days).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
  })
})

test("whatever the frame, a slot counts from its beginning until it is gone, and counting() knows it", () => {
  assert(
    property(
      constantFrom("minute", "hour", "day", "month"),
      constantFrom("rolling", "calendar"),
      integer({ min: 0, max: at("2100-01-01") }),
      integer({ min: 0, max: at("2100-01-01") }),
      (per, window, spentMs, nowMs) => {
        const frame = frameOf(per, window)
        const slot = frame.slotOf(spentMs)
        expect(slot).toBeLessThanOrEqual(spentMs)
        expect(frame.slotOf(slot)).toBe(slot)
        const counts = slot <= frame.slotOf(nowMs) && nowMs < frame.goneMs(slot)
        expect(frame.counting(nowMs).includes(slot)).toBe(counts)
      },
    ),
  )
})
