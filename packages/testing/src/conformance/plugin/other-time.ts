// This file moves what the rules forbid to use, so that whoever uses it all the same is found out.
/* oxlint-disable no-restricted-globals, no-restricted-properties, bellwether/no-ambient-date */

/** How far the time of the runtime is moved: a year and a bit. */
const movedMs = 400.5 * 86_400_000

/** What came of a run, and how often a timer of the runtime was armed in it. */
export interface Elsewhere<T> {
  readonly result: T
  readonly timers: number
}

/**
 * Runs as if on another day: what comes out the same as today depends neither on the time of the runtime nor on its
 * chance, which never repeats. Timers of the runtime are counted.
 */
export const inOtherTime = async <T>(run: () => Promise<T>): Promise<Elsewhere<T>> => {
  const { Date, setTimeout, setInterval, performance } = globalThis
  const { now } = performance
  let timers = 0
  const counted =
    <F extends (...given: never[]) => unknown>(arm: F) =>
    (...given: Parameters<F>): unknown => {
      timers++
      return arm(...given)
    }
  const OtherDate = class extends Date {
    static override now = (): number => Date.now() + movedMs
    constructor(...given: [] | ConstructorParameters<typeof Date>) {
      super(...((given.length === 0 ? [OtherDate.now()] : given) as [number]))
    }
  }
  try {
    Object.assign(globalThis, {
      Date: OtherDate,
      setTimeout: counted(setTimeout),
      setInterval: counted(setInterval),
    })
    performance.now = () => now.call(performance) + movedMs
    return { result: await run(), timers }
  } finally {
    Object.assign(globalThis, { Date, setTimeout, setInterval })
    performance.now = now
  }
}
