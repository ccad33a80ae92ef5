import { virtualClock } from "@bellwether/testing"
import { array, assert, asyncProperty, constantFrom, nat, record } from "fast-check"
import { describe, expect, test } from "vitest"
import { createCells, type Cells, type SharedOptions } from "./shared-cells.ts"
import { LearntState } from "./state.ts"
import type { Store, StoreListener } from "./store.ts"

type Names = readonly string[]

const joined = (a: Names, b: Names): Names => [...new Set([...a, ...b])].toSorted()

/** What everybody ever added. */
const names: SharedOptions<Names> = { initial: [], merge: joined }

/** What becomes of an event; an answer that is lost leaves nobody knowing whether the operation was done. */
type Fate = "happens" | "is lost" | "answer is lost"

/** Something that will happen, but not before the test says so. */
type Event = (fate: Fate) => void

/** A store on which nothing happens by itself: each operation and each notification is an event of its own. */
const steppedStore = () => {
  const held = new Map<string, string>()
  const listeners = new Map<string, StoreListener>()
  const events = new Set<Event>()
  const inFlight = new Map<string, number>()
  let mostInFlight = 0

  const later = (run: Event): void => {
    const event: Event = (fate) => {
      events.delete(event)
      run(fate)
    }
    events.add(event)
  }

  const operation = <T>(process: string, act: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      const begun = (inFlight.get(process) ?? 0) + 1
      inFlight.set(process, begun)
      mostInFlight = Math.max(mostInFlight, begun)
      later((fate) => {
        inFlight.set(process, begun - 1)
        const result = fate === "is lost" ? undefined : act()
        if (fate === "happens") resolve(result as T)
        else reject(new Error(fate))
      })
    })

  const storeOf = (process: string): Store => ({
    get: (key) =>
      operation(process, () => {
        const value = held.get(key)
        return value === undefined ? undefined : { value }
      }),
    swap: (key, expected, value) =>
      operation(process, () => {
        if (held.get(key) !== expected || value === undefined) return false
        held.set(key, value)
        for (const listener of listeners.values()) later((fate) => fate === "happens" && listener(key, value))
        return true
      }),
    increment: () => Promise.reject(new Error("not used here")),
    watch(_prefix, listener) {
      listeners.set(process, listener)
      return () => listeners.delete(process)
    },
  })
  return {
    events,
    storeOf,
    stored: () => JSON.parse(held.get("cell:key") ?? "[]") as Names,
    mostInFlight: () => mostInFlight,
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What each process adds, one name after the other. */
type Writes = Readonly<Record<string, readonly string[]>>

/** What is to happen next. */
interface Choice {
  readonly event: number
  readonly fate: Fate
}

interface Run {
  readonly stored: Names
  readonly views: readonly Names[]
  readonly mostInFlight: number
  /** How many events there were to choose from, at each step. */
  readonly breadths: readonly number[]
}

/** Plays one interleaving: first the choices, then always the first event; once all is quiet, `last` may act. */
const play = async (
  writes: Writes,
  choices: readonly Choice[],
  last: (everybody: readonly Cells[]) => void = () => {},
): Promise<Run> => {
  const clock = virtualClock()
  const { signal } = new AbortController()
  const { events, storeOf, stored, mostInFlight } = steppedStore()
  const processes = Object.entries(writes).map(([process, ownNames]) => {
    const cells = createCells({ state: new LearntState(), store: storeOf(process), clock, signal })
    return { cells, cell: cells.shared("key", names), left: [...ownNames] }
  })
  const writings = (): readonly Event[] =>
    processes
      .filter(({ left }) => left.length > 0)
      .map(
        ({ cell, left }) =>
          () =>
            cell.set(joined(cell.get(), left.splice(0, 1))),
      )

  const breadths: number[] = []
  const playOn = async (): Promise<void> => {
    for (;;) {
      await settled()
      const possible = [...events, ...writings()]
      if (possible.length === 0 && clock.pending === 0) return
      if (possible.length === 0) await clock.advance(1000)
      const { event, fate } = choices[breadths.length] ?? { event: 0, fate: "happens" }
      possible[event % possible.length]?.(fate)
      breadths.push(possible.length)
    }
  }
  await playOn()
  last(processes.map(({ cells }) => cells))
  await playOn()
  return {
    stored: stored(),
    views: processes.map(({ cell }) => cell.get()),
    mostInFlight: mostInFlight(),
    breadths,
  }
}

/** Every interleaving there is, counting through the choices like an odometer. */
const everyRun = async function* (writes: Writes): AsyncGenerator<Run> {
  let choices: readonly number[] | undefined = []
  while (choices !== undefined) {
    const run: Run = await play(
      writes,
      choices.map((event) => ({ event, fate: "happens" })),
    )
    yield run
    choices = following(choices, run.breadths)
  }
}

const following = (
  choices: readonly number[],
  breadths: readonly number[],
): readonly number[] | undefined => {
  const all = breadths.map((_, step) => choices[step] ?? 0)
  const step = all.findLastIndex((choice, index) => choice + 1 < (breadths[index] ?? 0))
  return step < 0 ? undefined : [...all.slice(0, step), (all[step] ?? 0) + 1]
}

describe("in every order in which two processes can write, ask and hear, nothing is lost and all agree", () => {
  test.each<[string, Writes]>([
    ["one write each", { a: ["a1"], b: ["b1"] }],
    ["two writes beside a reader", { a: ["a1", "a2"], b: [] }],
  ])("%s", async (_name, writes) => {
    const all = Object.values(writes).flat()
    let runs = 0
    for await (const { stored, views, mostInFlight } of everyRun(writes)) {
      runs++
      expect([stored, ...views]).toEqual([all, ...views.map(() => all)])
      expect(mostInFlight).toBe(1)
    }
    expect(runs).toBeGreaterThan(1000)
  })
})

test("whatever is lost on the way, three processes agree once all have read the store again", async () => {
  const fate = constantFrom<Fate>("happens", "happens", "is lost", "answer is lost")
  const choice = record({ event: nat({ max: 20 }), fate })
  const writes: Writes = { a: ["a1", "a2", "a3"], b: ["b1", "b2"], c: ["c1"] }
  const all = Object.values(writes).flat()
  await assert(
    asyncProperty(array(choice, { maxLength: 60 }), async (choices) => {
      const run = await play(writes, choices, (everybody) => everybody.forEach((cells) => cells.refresh()))
      expect(run.stored).toEqual(all)
      expect(run.views).toEqual([all, all, all])
      expect(run.mostInFlight).toBe(1)
    }),
    { numRuns: 300 },
  )
})
