import { describe, expect, test } from "vitest"
import { callers, ExploredLane, isUrgent, patienceTicks } from "../test/explored-lane.ts"
import type { Caller, Deed } from "../test/explored-lane.ts"

/** Every order in which three calls can come, wait, be called, leave, end, be throttled, while time passes. */

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}

const inOrder = (some: readonly Caller[]): readonly Caller[] =>
  some.toSorted((a, b) => Number(isUrgent(b)) - Number(isUrgent(a)) || a - b)

function facts({ lane }: ExploredLane) {
  const { inFlight, limit = Infinity, waiting, blockedForMs } = lane.inspect()
  return { inFlight, limit, waiting, isBlocked: blockedForMs > 0 }
}

function check(world: ExploredLane, deed: Deed): void {
  const before = facts(world)
  const { waiting, called } = world
  world.do(deed)
  const now = facts(world)

  must(
    now.inFlight === world.called.length + world.atTarget.length,
    "a permit for everybody who holds one, and no other",
  )
  must(now.waiting === world.waiting.length, "in line is who waits")
  const newlyCalled = world.called.filter((caller) => !called.includes(caller))
  const newlyIn = now.inFlight > before.inFlight || newlyCalled.length > 0
  if (newlyIn) must(now.inFlight <= now.limit, "nobody is let in beyond the limit")
  if (newlyIn) must(!now.isBlocked, "nobody is let in while the provider wants to be left alone")

  const stillThere = inOrder(
    waiting.filter((caller) => world.waiting.includes(caller) || newlyCalled.includes(caller)),
  )
  const first = stillThere.slice(0, newlyCalled.filter((caller) => waiting.includes(caller)).length)
  must(
    first.every((caller) => newlyCalled.includes(caller)),
    "turns come in order",
  )
  if (deed.startsWith("take") && waiting.length > 0)
    must(!world.atTarget.includes(Number(deed.at(-1)) as Caller), "no newcomer goes before those who wait")
  const others = world.clock.armed - world.unanswered.length
  must(others <= now.waiting + 1, "a timer for each who waits or tries, and one for the next turn")
  if (now.waiting === 0) must(others <= 0, "no timer when nobody waits or tries")
}

/** However it came to this: all goes on, and in the end everything can be had again. */
function checkFuture(path: readonly Deed[], start: number): void {
  const world = replay(path, start)
  for (let round = 0; round < 12; round++) {
    for (const caller of world.called) world.do(`use ${caller}`)
    for (const caller of world.atTarget) {
      if (world.possible().includes(`answer ${caller}`)) world.do(`answer ${caller}`)
      world.do(`succeed ${caller}`)
    }
    if (round > patienceTicks + 2) {
      must(world.waiting.length + world.called.length === 0, "nobody waits for ever")
      world.do("take 0")
    }
    world.do("tick")
  }
  must(facts(world).inFlight === 1, "the last who came was let in")
  // A pace may have been learnt, with which they go one after the other.
  const others = callers.filter((caller) => {
    world.clock.advance(60_000)
    return caller !== 0 && world.take(caller)
  })
  must(1 + others.length === Math.min(facts(world).limit, callers.length), "no permit was lost")
}

function replay(path: readonly Deed[], start: number): ExploredLane {
  const world = new ExploredLane(start)
  for (const deed of path) world.do(deed)
  return world
}

function explore(begin: readonly Deed[], depth: number, start: number): number {
  let visited = 0
  const walk = (path: readonly Deed[]): void => {
    for (const deed of replay(path, start).possible()) {
      const longer = [...path, deed]
      try {
        check(replay(path, start), deed)
        if (longer.length === begin.length + depth) checkFuture(longer, start)
      } catch (error) {
        throw new Error(`After ${longer.join(", ")}: ${String(error)}`, { cause: error })
      }
      visited++
      if (longer.length < begin.length + depth) walk(longer)
    }
  }
  walk(begin)
  return visited
}

describe("no permit is lost or doubled, and turns come in order, whatever happens", () => {
  test.each<[string, readonly Deed[], number, number]>([
    ["from the beginning, one at once", [], 5, 1],
    ["from the beginning, two at once", [], 5, 2],
    ["with one at the target and two in line", ["take 0", "come 1", "come 2"], 4, 1],
    ["after a throttle, all in line", ["take 0", "throttle 0", "come 0", "come 1", "come 2"], 4, 2],
    ["after a throttle, one called", ["take 0", "throttle 0", "come 0", "come 1", "tick"], 4, 2],
  ])("%s", (_, begin, depth, start) => {
    expect(explore(begin, depth, start)).toBeGreaterThan(1_000)
  })
})
