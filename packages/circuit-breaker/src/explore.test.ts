// Every order in which up to three calls can be admitted, commit, succeed, fail, be cancelled, hang and come back
// late, an operator forces the target open and closed, and a probe from outside finds it answering: to a depth of
// some ten events, on the real circuit behind its real admission. The states met are remembered, so that each is gone
// on from once.
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { explore, must } from "../test/explore.ts"
import { calls, outside } from "../test/explored-events.ts"
import type { Event } from "../test/explored-events.ts"
import { World } from "../test/explored-world.ts"

const halfOpen: readonly Event[] = ["admit 0", "failure 0", "tick", "admit 0"]

describe("law 5: an outcome belongs to the state that admitted it, in every order of events", () => {
  test.each<[string, readonly Event[], number]>([
    ["a closed circuit that opens on one failure", [], 1],
    ["a closed circuit that opens on two failures", [], 2],
    [
      "an open circuit with two calls under way since before",
      ["admit 0", "admit 1", "admit 2", "failure 2"],
      1,
    ],
    ["a half-open circuit", halfOpen, 1],
  ])("from %s", (_, start, consecutiveFailures) => {
    const visited = explore({ start, consecutiveFailures, depth: 10, events: (world) => world.events() })
    for (const state of ["closed", "open", "half-open"] as const) expect(visited[state]).toBeGreaterThan(100)
  })
})

describe("operators and probes from outside, in every order with what calls do", () => {
  test.each<[string, readonly Event[]]>([
    ["a closed circuit", []],
    ["a circuit that opened for the second time in a row", [...halfOpen, "failure 0"]],
    [
      "a circuit that opened again after it was woken in vain",
      [
        ...halfOpen,
        "hinted 0",
        "tick",
        "tick",
        "tick",
        "admit 0",
        "failure 0",
        "tick",
        "wake",
        "admit 0",
        "failure 0",
      ],
    ],
    ["a half-open circuit with its probe under way", halfOpen],
  ])("from %s", (_, start) => {
    const visited = explore({ start, depth: 6, events: (world) => world.allEvents() })
    for (const count of Object.values(visited)) expect(count).toBeGreaterThan(100)
  })
})

describe("two processes that hear of each other now and then", () => {
  const step = fc.constantFrom<string>(
    "admit",
    "panic",
    "commit",
    "success",
    "failure",
    "hinted",
    "neutral",
    "tick",
    "news",
    ...outside,
  )
  const anyEvent = fc.record({ process: fc.constantFrom(0, 1), step, call: fc.constantFrom(...calls) })

  /** A step of one of them if it makes sense now; time and news are for both. */
  function play(
    fleet: readonly World[],
    { process, step, call }: { process: number; step: string; call: number },
  ) {
    if (step === "tick") for (const world of fleet) world.apply("tick")
    else if (step === "news") tell(fleet)
    else {
      const world = fleet[process]!
      const event = ((outside as readonly string[]).includes(step) ? step : `${step} ${call}`) as Event
      if (world.allEvents().includes(event)) world.apply(event)
    }
  }

  function tell(fleet: readonly World[]): void {
    for (const key of fleet[0]!.hand.cells.keys()) {
      const cells = fleet.map(({ hand }) => hand.cells.get(key)!)
      const { merge } = cells[0]!
      const told = JSON.stringify(cells.map(({ value }) => value).reduce(merge))
      for (const cell of cells) {
        cell.value = merge(cell.value, JSON.parse(told))
        for (const listener of cell.listeners) listener(cell.value)
      }
    }
  }

  test("agree when all news has arrived, and are never stuck", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const fleet = [new World(1), new World(1)]
        for (const event of events) {
          play(fleet, event)
          for (const world of fleet) must(world.probesInFlight.length <= 1, "one probe a process")
        }
        tell(fleet)
        expect(fleet[0]!.state).toEqual(fleet[1]!.state)
        for (let tick = 0; tick < 10; tick++) {
          for (const world of fleet) world.apply("tick")
          tell(fleet)
        }
        expect(fleet[0]!.orders.inspect()).toEqual(fleet[1]!.orders.inspect())
        if (fleet[0]!.orders.inspect().length > 0) {
          fleet[1]!.apply("force closed")
          tell(fleet)
        }
        expect(fleet[0]!.take(3, false)).toBe(true)
        expect(fleet[0]!.state).not.toMatchObject({ state: "open" })
        tell(fleet)
        expect(fleet[1]!.take(3, false)).toBe(fleet[0]!.state.state === "closed")
      }),
      { numRuns: 2_000 },
    )
  })
})
