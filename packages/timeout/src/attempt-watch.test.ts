import type { Attempt, Clock, Failure } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import fc from "fast-check"
import { expect, test } from "vitest"
import { AttemptWatch } from "./attempt-watch.ts"
import { defaultLimits } from "./limits.ts"

/** A streaming attempt that only notes what is done to it. */
function watched(clock: Clock) {
  const done: { readonly act: "cut" | "blamed"; readonly code: string; readonly atMs: number }[] = []
  const note = (act: "cut" | "blamed") => (failure: Failure) =>
    void done.push({ act, code: failure.code, atMs: clock.now() })
  const attempt = {
    call: { stream: true, deadlineMs: Infinity },
    target: { id: "primary/key-1" },
    startedAtMs: clock.now(),
    committed: false,
    hasAlternative: () => false,
    fail: note("cut"),
    blame: note("blamed"),
  }
  const watch = new AttemptWatch(attempt as unknown as Attempt, defaultLimits, clock)
  return {
    watch,
    done,
    commit() {
      attempt.committed = true
      watch.commit()
    },
  }
}

interface Chunk {
  /** How long the caller waits for it. */
  readonly waitMs: number
  readonly isComment: boolean
  /** How long the caller then does something else. */
  readonly pauseMs: number
}

const chunks = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.nat(12_000), fc.constantFrom(10_000, 29_999, 30_000)),
    isComment: fc.boolean(),
    pauseMs: fc.oneof(fc.constant(0), fc.nat(50_000)),
  }),
  { maxLength: 12 },
)

/** When the caller has waited for 30 s since the last progress, all waiting added up. */
function expectedCutMs(startMs: number, list: readonly Chunk[]): number | undefined {
  let nowMs = startMs
  let waitedMs = 0
  for (const { waitMs, isComment, pauseMs } of list) {
    if (waitedMs + waitMs >= 30_000) return nowMs + 30_000 - waitedMs
    nowMs += waitMs + pauseMs
    waitedMs = isComment ? waitedMs + waitMs : 0
  }
  return undefined
}

test("the idle limit cuts exactly when the caller has waited that long since the last progress", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(29_000), chunks, async (commitMs, list) => {
      const clock = virtualClock()
      const { watch, done, commit } = watched(clock)
      await clock.advance(commitMs)
      commit()
      watch.progress()
      for (const { waitMs, isComment, pauseMs } of list) {
        watch.reading(true)
        await clock.advance(waitMs)
        if (done.length > 0) break
        if (!isComment) watch.progress()
        watch.reading(false)
        await clock.advance(pauseMs)
      }
      const cutMs = expectedCutMs(commitMs, list)
      expect(done).toEqual(cutMs === undefined ? [] : [{ act: "cut", code: "idle-timeout", atMs: cutMs }])
      watch.end()
      expect(clock.pending).toBe(0)
    }),
    { numRuns: 300 },
  )
})

test("a thousand chunks arm the timer no more than once per idle limit", async () => {
  const clock = virtualClock()
  let armed = 0
  const counting: Clock = {
    ...clock,
    after(ms, run) {
      armed++
      const timer = clock.after(ms, run)
      return {
        cancel: timer.cancel,
        rearm(later) {
          armed++
          timer.rearm(later)
        },
      }
    },
  }
  const { watch, done, commit } = watched(counting)
  commit()
  for (let chunk = 0; chunk < 1_000; chunk++) {
    watch.reading(true)
    await clock.advance(100)
    watch.progress()
    watch.reading(false)
  }
  watch.end()
  expect(done).toEqual([])
  expect(clock.pending).toBe(0)
  expect(armed).toBeLessThanOrEqual(1 + 100_000 / 30_000 + 1)
})

test("a limit that passed uncut is blamed once, and no other limit before the commit", async () => {
  const clock = virtualClock()
  const { done } = watched(clock)
  await clock.advance(600_000)
  expect(done).toEqual([{ act: "blamed", code: "headers-timeout", atMs: 30_000 }])
})

test("progress while the caller goes on waiting counts; the cut may then be late by one limit at most", async () => {
  const clock = virtualClock()
  const { watch, done, commit } = watched(clock)
  commit()
  watch.reading(true)
  await clock.advance(20_000)
  watch.progress()
  await clock.advance(29_999)
  expect(done).toEqual([])
  await clock.advance(30_001)
  expect(done).toMatchObject([{ act: "cut", code: "idle-timeout" }])
})

/** A clock that no timer can keep at the same moment for ever. */
function impatient(clock: Clock): Clock {
  let armed = 0
  const count = (): void => {
    if (++armed > 100) throw new Error("The timer is armed again and again.")
  }
  return {
    ...clock,
    after(ms, run) {
      const timer = clock.after(ms, run)
      return {
        cancel: timer.cancel,
        rearm(later) {
          count()
          timer.rearm(later)
        },
      }
    },
  }
}

const fractions = fc.nat(1e9).map((number) => number / 997)

test("limits pass whatever the fraction of a millisecond they begin in", async () => {
  await fc.assert(
    fc.asyncProperty(fractions, fractions, async (startMs, commitMs) => {
      const clock = virtualClock({ startMs })
      const silent = watched(impatient(clock))
      const cut = watched(impatient(clock))
      await clock.advance(commitMs)
      cut.commit()
      cut.watch.reading(true)
      await clock.advance(60_001)
      expect(silent.done).toMatchObject([{ act: "blamed" }])
      expect(cut.done.at(-1)).toMatchObject({ act: "cut", code: "idle-timeout" })
    }),
    { numRuns: 300 },
  )
})
