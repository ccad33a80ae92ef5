import { assert, array, integer, nat, property } from "fast-check"
import { describe, expect, test } from "vitest"
import { virtualClock } from "../../virtual-clock.ts"
import { duration } from "./limit-headers.ts"
import { limitDesk } from "./limits.ts"
import { drained, fullBucket, holds, refilled, waitMs } from "./token-bucket.ts"

describe("a bucket", () => {
  test("gives what it holds and refills all the time", () => {
    const empty = drained(fullBucket(60, 0), 60)
    expect([holds(empty, 1), waitMs(empty, 1)]).toEqual([false, 1000])
    expect(holds(refilled(empty, 999), 1)).toBe(false)
    expect(holds(refilled(empty, 1000), 1)).toBe(true)
  })

  test("never holds more than it can", () => {
    expect(refilled(fullBucket(60, 0), 1_000_000).level).toBe(60)
  })

  test("lets a request larger than itself pass when it is full", () => {
    expect(holds(fullBucket(60, 0), 1000)).toBe(true)
    expect(drained(fullBucket(60, 0), 1000).level).toBe(0)
  })

  test("holds what was asked for after the wait it told, and never lets more pass than its rate", () => {
    assert(
      property(integer({ min: 1, max: 600 }), array(nat(2000), { maxLength: 100 }), (perMinute, gaps) => {
        let bucket = fullBucket(perMinute, 0)
        let [nowMs, passed] = [0, 0]
        for (const gapMs of gaps) {
          nowMs += gapMs
          bucket = refilled(bucket, nowMs)
          expect(holds(refilled(bucket, nowMs + waitMs(bucket, 1)), 1)).toBe(true)
          if (!holds(bucket, 1)) continue
          bucket = drained(bucket, 1)
          passed += 1
        }
        expect(passed).toBeLessThanOrEqual(perMinute + (nowMs * perMinute) / 60_000 + 1e-6)
      }),
    )
  })
})

describe("the limits of a key", () => {
  const ask = (desk: ReturnType<typeof limitDesk>, key = "sk-1", tokens = 10) =>
    desk.admit(key, tokens, "openai")

  test("refuse a request too many, and say when the next one may come", async () => {
    const clock = virtualClock()
    const desk = limitDesk({ rpm: 2 }, clock)
    expect([ask(desk), ask(desk)].map(({ admitted }) => admitted)).toEqual([true, true])
    expect(ask(desk)).toMatchObject({
      admitted: false,
      retryAfterMs: 30_000,
      reason: expect.stringContaining("requests per min (RPM): Limit 2, Used 2, Requested 1."),
    })
    await clock.advance(30_000)
    expect(ask(desk).admitted).toBe(true)
    expect(ask(desk).admitted).toBe(false)
  })

  test("are each key's own", () => {
    const desk = limitDesk({ rpm: 1 }, virtualClock())
    expect([ask(desk, "a"), ask(desk, "b"), ask(desk, "a")].map(({ admitted }) => admitted)).toEqual([
      true,
      true,
      false,
    ])
  })

  test("count tokens too, and a refused request costs nothing", () => {
    const desk = limitDesk({ rpm: 10, tpm: 100 }, virtualClock())
    expect(ask(desk, "sk-1", 90).admitted).toBe(true)
    const refused = ask(desk, "sk-1", 20)
    expect(refused).toMatchObject({
      admitted: false,
      retryAfterMs: 6000,
      reason: expect.stringContaining("(TPM)"),
    })
    expect(ask(desk, "sk-1", 10).headers).toMatchObject({ "x-ratelimit-remaining-requests": "8" })
  })

  test("hold at most so many requests at once", () => {
    const desk = limitDesk({ concurrency: 2 }, virtualClock())
    const [first] = [ask(desk), ask(desk)]
    expect(ask(desk)).toMatchObject({ admitted: false, retryAfterMs: 1000 })
    if (first?.admitted) first.release()
    expect(ask(desk).admitted).toBe(true)
  })

  test("are told in the words of the dialect", () => {
    const clock = virtualClock({ date: Date.UTC(2026, 10, 23) })
    expect(limitDesk({ rpm: 60, tpm: 6000 }, clock).admit("a", 100, "openai").headers).toEqual({
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-remaining-requests": "59",
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-limit-tokens": "6000",
      "x-ratelimit-remaining-tokens": "5900",
      "x-ratelimit-reset-tokens": "1s",
    })
    expect(limitDesk({ rpm: 60 }, clock).admit("a", 100, "anthropic").headers).toEqual({
      "anthropic-ratelimit-requests-limit": "60",
      "anthropic-ratelimit-requests-remaining": "59",
      "anthropic-ratelimit-requests-reset": "2026-11-23T00:00:01.000Z",
    })
    expect(limitDesk({}, clock).admit("a", 100, "openai").headers).toEqual({})
  })
})

test.each([
  [120, "120ms"],
  [1000, "1s"],
  [7660, "7.66s"],
  [7661, "7.67s"],
  [0.5, "1ms"],
  [360_000, "6m0s"],
  [90_500, "1m30.5s"],
])("%d ms reads %s", (ms, expected) => {
  expect(duration(ms)).toBe(expected)
})
