import { array, assert, integer, nat, property, record } from "fast-check"
import { expect, test } from "vitest"
import { free, sum } from "./cost.ts"
import { Line } from "./line.ts"
import type { Waiting } from "./line.ts"

const waiting = record({
  rank: integer({ min: 0, max: 2 }),
  sinceMs: nat({ max: 5 }),
  cost: record({ requests: nat({ max: 1 }), tokens: nat({ max: 9 }) }),
})

/** Takes everybody out, in turn. */
function drain(line: Line<Waiting>): readonly Waiting[] {
  const turns: Waiting[] = []
  for (let { first } = line; first !== undefined; { first } = line) {
    turns.push(first)
    line.leave(first)
  }
  return turns
}

test("turns come by rank, then by who began first, then by who came first", () => {
  assert(
    property(array(waiting), (all) => {
      const line = new Line<Waiting>()
      for (const one of all) line.join(one)
      expect(drain(line)).toEqual(all.toSorted((a, b) => a.rank - b.rank || a.sinceMs - b.sinceMs))
      expect([line.length, line.cost]).toEqual([0, free])
    }),
  )
})

test("it knows what all take together, and those before a newcomer, also after some have left", () => {
  assert(
    property(array(waiting), array(nat({ max: 20 })), waiting, (all, leaving, newcomer) => {
      const line = new Line<Waiting>()
      for (const one of all) line.join(one)
      for (const place of leaving) {
        const one = all[place]
        if (one !== undefined) line.leave(one)
      }
      const before = line.costBefore(newcomer)
      line.join(newcomer)
      const costs = drain(line)
      const place = costs.indexOf(newcomer)
      expect(before).toEqual(costs.slice(0, place).reduce((total, { cost }) => sum(total, cost), free))
    }),
  )
})

test("who is not in it leaves it unchanged", () => {
  const line = new Line<Waiting>()
  const one: Waiting = { rank: 1, sinceMs: 0, cost: { requests: 1, tokens: 0 } }
  line.join(one)
  line.leave({ ...one })
  expect([line.length, line.cost.requests]).toEqual([1, 1])
})
