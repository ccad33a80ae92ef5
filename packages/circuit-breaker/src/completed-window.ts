/** Attempts that completed in one slice of the window. */
interface Bucket {
  /** Monotonic milliseconds. */
  readonly startMs: number
  readonly completed: number
  readonly failed: number
}

/** What one process saw complete while a circuit was closed. Plain data. */
export interface CompletedWindow {
  /** The circuit's generation all of it belongs to. */
  readonly generation: number
  /** Failures since the last success. */
  readonly failuresInARow: number
  /** When the last of them was. Monotonic milliseconds. */
  readonly failedAtMs: number
  /** Oldest first, never older than the window. */
  readonly buckets: readonly Bucket[]
}

/** When what a window holds is enough to open a circuit. */
export interface WindowRules {
  readonly windowMs: number
  readonly consecutiveFailures: number
  readonly failureRatio: number
  readonly minimumCompleted: number
}

/** The window is as fine as this: it forgets a tenth at a time. */
const bucketsPerWindow = 10

export function emptyWindow(generation: number): CompletedWindow {
  return { generation, failuresInARow: 0, failedAtMs: -Infinity, buckets: [] }
}

/** When the slice begins that this moment lies in. Monotonic milliseconds. */
export function sliceOf(nowMs: number, windowMs: number): number {
  const widthMs = windowMs / bucketsPerWindow
  return Math.floor(nowMs / widthMs) * widthMs
}

/**
 * The window with so many more completed attempts that all failed, or all succeeded. Time alone empties it: after an
 * idle gap it starts from nothing.
 */
export function recorded(
  window: CompletedWindow,
  isFailure: boolean,
  nowMs: number,
  windowMs: number,
  times = 1,
): CompletedWindow {
  const live = liveBuckets(window, nowMs, windowMs)
  const startMs = sliceOf(nowMs, windowMs)
  const last = live.at(-1)
  const failed = isFailure ? times : 0
  const buckets =
    last?.startMs === startMs
      ? live.with(live.length - 1, {
          startMs,
          completed: last.completed + times,
          failed: last.failed + failed,
        })
      : [...live, { startMs, completed: times, failed }]
  return {
    generation: window.generation,
    failuresInARow: isFailure ? failuresInARow(window, nowMs, windowMs) + times : 0,
    failedAtMs: isFailure ? nowMs : -Infinity,
    buckets,
  }
}

/** What the window still holds now. */
export function totals(
  window: CompletedWindow,
  nowMs: number,
  windowMs: number,
): { readonly completed: number; readonly failed: number; readonly failuresInARow: number } {
  const live = liveBuckets(window, nowMs, windowMs)
  let completed = 0
  let failed = 0
  for (const bucket of live) {
    completed += bucket.completed
    failed += bucket.failed
  }
  return { completed, failed, failuresInARow: failuresInARow(window, nowMs, windowMs) }
}

/**
 * A row of failures is remembered for so many windows after its last one: where calls hang until a limit that is as
 * long as the window, each failure would be forgotten before the next.
 */
const windowsPerRow = 5

const failuresInARow = (
  { failuresInARow: count, failedAtMs }: CompletedWindow,
  nowMs: number,
  windowMs: number,
) => (nowMs - failedAtMs < windowsPerRow * windowMs ? count : 0)

/** Why a circuit should open on what the window holds, in words; `undefined` when it should not. */
export function reasonToOpen(window: CompletedWindow, nowMs: number, rules: WindowRules): string | undefined {
  const { completed, failed, failuresInARow: inARow } = totals(window, nowMs, rules.windowMs)
  if (inARow >= rules.consecutiveFailures)
    return inARow === 1 ? "an attempt failed" : `${inARow} attempts in a row failed`
  if (completed >= rules.minimumCompleted && failed / completed >= rules.failureRatio)
    return `${failed} of ${completed} attempts failed within ${rules.windowMs / 1000} s`
  return undefined
}

function liveBuckets(
  { buckets }: CompletedWindow,
  nowMs: number,
  windowMs: number,
): CompletedWindow["buckets"] {
  const oldestMs = nowMs - windowMs
  const firstLive = buckets.findIndex(({ startMs }) => startMs > oldestMs)
  if (firstLive === 0) return buckets
  return firstLive === -1 ? [] : buckets.slice(firstLive)
}
