import { assert, double, integer, property, array } from "fast-check"
import { describe, expect, test } from "vitest"
import { comesInAtMs, drained, holdsAtMs, minutely, refilled } from "./bucket.ts"
import type { Bucket } from "./bucket.ts"

const steady: Bucket = { of: "requests", capacity: 10, level: 0, atMs: 0, perMs: 0.01 }
const renewed: Bucket = { ...steady, perMs: 0, renewal: { atMs: 5_000, everyMs: 60_000 } }

describe("a bucket that fills all the time", () => {
  test("holds what has come in, up to its capacity", () => {
    expect(refilled(steady, 300).level).toBe(3)
    expect(refilled(steady, 5_000).level).toBe(10)
  })

  test("tells when there is enough", () => {
    expect(holdsAtMs(steady, 1, 0)).toBe(100)
    expect(holdsAtMs(steady, 4, 200)).toBe(400)
    expect(comesInAtMs(steady, 25, 0)).toBe(2_500)
  })

  test("lets through when it is full what is more than it ever holds, and is in debt then", () => {
    expect(holdsAtMs(steady, 50, 0)).toBe(1_000)
    const indebted = drained(steady, 50, 1_000)
    expect(indebted.level).toBe(-40)
    expect(holdsAtMs(indebted, 1, 1_000)).toBe(5_100)
  })

  test("never holds more than its capacity, whatever is put back", () => {
    expect(drained(steady, -50, 0).level).toBe(10)
  })

  test("holds enough when it said it would, and not before", () => {
    assert(
      property(
        double({ min: -100, max: 10, noNaN: true }),
        double({ min: 0.01, max: 10, noNaN: true }),
        (level, amount) => {
          const bucket = { ...steady, level }
          const atMs = holdsAtMs(bucket, amount, 0)
          expect(refilled(bucket, atMs).level).toBeGreaterThanOrEqual(amount - 1e-5)
          expect(atMs > 1 && refilled(bucket, atMs - 1).level >= amount).toBe(false)
        },
      ),
    )
  })
})

describe("a bucket that is filled anew from time to time", () => {
  test("holds nothing more until then, and everything from then on", () => {
    expect(refilled(renewed, 4_999).level).toBe(0)
    expect(refilled(renewed, 5_000)).toMatchObject({ level: 10, renewal: { atMs: 65_000 } })
    expect(refilled(renewed, 200_000)).toMatchObject({ level: 10, renewal: { atMs: 245_000 } })
  })

  test("tells when there is enough, also for more than one filling", () => {
    expect(holdsAtMs(renewed, 3, 0)).toBe(5_000)
    expect(holdsAtMs(renewed, 30, 0)).toBe(5_000)
    expect(comesInAtMs(renewed, 25, 0)).toBe(125_000)
  })
})

describe("a known limit", () => {
  test("is never exceeded in any minute, however greedily it is used", () => {
    assert(
      property(
        integer({ min: 20, max: 5_000 }),
        array(integer({ min: 0, max: 30_000 }), { maxLength: 4 }),
        (limit, rests) => {
          let bucket = minutely("requests", limit, 0)
          let nowMs = 0
          const sent: number[] = []
          for (const restMs of [...rests, 0]) {
            nowMs += restMs
            for (let count = 0; count < limit / 2; count++) {
              nowMs = holdsAtMs(bucket, 1, nowMs)
              bucket = drained(bucket, 1, nowMs)
              sent.push(nowMs)
            }
          }
          for (const [place, atMs] of sent.entries()) {
            const inMinute = (sent[place + limit] ?? Infinity) - atMs
            expect(inMinute).toBeGreaterThan(59_999)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  test("is used to 95 % in the long run", () => {
    const bucket = minutely("tokens", 1_000, 0)
    expect(comesInAtMs(drained(bucket, bucket.capacity, 0), 950, 0)).toBeCloseTo(60_000, 3)
  })

  test("of almost nothing still lets a request through", () => {
    const bucket = minutely("requests", 0.5, 0)
    expect(holdsAtMs(bucket, 1, 0)).toBe(0)
    expect(holdsAtMs(drained(bucket, 1, 0), 1, 0)).toBeCloseTo(126_316, 0)
  })
})
