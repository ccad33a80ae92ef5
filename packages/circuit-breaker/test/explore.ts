import type { Circuit } from "../src/circuit.ts"
import { totals } from "../src/completed-window.ts"
import { hintTicks, maxOpenTicks, model, probeTicks, rules } from "./explored-events.ts"
import type { Event } from "./explored-events.ts"
import { World } from "./explored-world.ts"

function replay(path: readonly Event[], consecutiveFailures: number): World {
  const world = new World(consecutiveFailures)
  for (const event of path) world.apply(event)
  return world
}

/** `expect` for a million questions. */
export function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}

/** What must hold between one state and the next. */
function checkStep(world: World, event: Event): void {
  const before = world.circuit.breaker
  const { wakes, isForced, nowMs } = world
  const held = world.held[Number(event.at(-1))]
  const isLate =
    held !== undefined && !held.isEnded && (held.generation !== world.generation || held.isExpired)
  const expiring = world.probesInFlight.find(({ generation }) => generation === world.generation)
  world.apply(event)
  const after = world.circuit.breaker
  const probes = world.probesInFlight.length
  const unended = world.held.filter((one) => one !== undefined && !one.isEnded).length
  const hasOpened = after.circuit.state === "open" && after.circuit !== before.circuit
  const isForcedClosed = event === "force closed"
  const isFailure = event.startsWith("failure") || event.startsWith("hinted")

  must(probes <= 1, "one probe at a time")
  must(after.isProbing === (probes === 1), "the process knows of its probe")
  const awaited = world.isForced && world.forcedUntilMs < Infinity ? 1 : 0
  must(
    world.hand.timers.size === probes + awaited,
    "a timer for the probe and for the end of a force, for nothing else",
  )
  must(
    world.circuits.inFlight(model) === unended,
    "what is in flight is what has not ended: a drain waits for it",
  )
  must(probeOf(after.circuit) === world.placeTaken, "the place is taken while the probe runs, no longer")
  must(after.circuit.generation >= before.circuit.generation, "no way back")
  must(
    after.circuit.generation > before.circuit.generation === (hasOpened || isForcedClosed),
    "a generation per opening, and when forced closed",
  )
  must(world.isForced ? !world.isOpenToCallers : true, "who is forced open is not available")
  if (isLate) {
    must(after.circuit === before.circuit, "an older generation's result changes nothing")
    must(after.window === before.window, "an older generation's result counts nothing")
  }
  if (before.circuit.state === "half-open") {
    const hasFailed = isFailure ? !isLate : event === "tick" && expiring?.isExpired === true
    must(
      hasOpened === hasFailed,
      "a probe that fails or hangs opens the circuit again, and nothing else does",
    )
  }
  if (event.startsWith("neutral")) {
    must(after.circuit.state === before.circuit.state, "a cancelled attempt decides nothing")
    must(after.window === before.window, "a cancelled attempt counts nothing")
    must(successesOf(after.circuit) === successesOf(before.circuit), "a cancelled probe is no success")
  }
  if (after.circuit.state === "closed" && before.circuit.state !== "closed")
    must(world.successes >= rules.successesToClose || isForcedClosed, "it takes two probes to close")
  if (isForcedClosed) {
    const { completed, failuresInARow } = totals(after.window, nowMs, rules.windowMs)
    must(after.circuit.state === "closed" && !world.isForced, "who is forced closed is closed")
    must(after.window.generation !== world.generation || completed + failuresInARow === 0, "and starts over")
  }
  if (event.startsWith("force open")) must(after === before, "who is forced open forgets nothing")
  if (isForced && (event.startsWith("admit") || event.startsWith("panic"))) {
    must(
      world.held[Number(event.at(-1))] === held,
      "who is forced open lets nobody through, in panic neither",
    )
    must(after === before, "and nobody who is turned away changes anything")
  }
  if (event === "wake" && after !== before) {
    must(!isForced, "who is forced open is not woken")
    must(before.circuit.state === "open" && after.circuit.state === "half-open", "a wake lets probes through")
    must(nowMs >= world.hintedUntilMs, "a wake comes no earlier than the provider asked for")
    must(
      nowMs - world.openedAtMs >= Math.min(wakes + 1, maxOpenTicks),
      "each wake in vain makes the next one later",
    )
    must(after.circuit.openings === before.circuit.openings, "a wake does not shorten the next opening")
  }
}

const probeOf = (circuit: Circuit) => (circuit.state === "half-open" ? circuit.probe?.id : undefined)
const successesOf = (circuit: Circuit) => (circuit.state === "half-open" ? circuit.successes : 0)

/** What must be possible from every state. */
function checkFuture(path: readonly Event[], consecutiveFailures: number): void {
  const many = replay(path, consecutiveFailures)
  if (many.isForced) {
    must(
      [3, 4].every((call) => !many.take(call, call === 4)),
      "nobody is admitted while it is forced open",
    )
    many.apply("force closed")
    must(
      [3, 4, 5, 6].every((call) => many.take(call, false)),
      "everybody is, once it is forced closed",
    )
    return
  }
  if (many.state.state !== "closed") {
    const admissible = many.isOpenToCallers ? 1 : 0
    const admitted = [3, 4, 5, 6].filter((call) => many.take(call, false)).length
    must(admitted === admissible, "of many callers exactly one probes")
  }
  const hanging = replay(path, consecutiveFailures)
  for (let tick = 0; tick < probeTicks + hintTicks; tick++) hanging.apply("tick")
  must(hanging.take(3, false), "someone is admitted again though every call hangs")

  const settled = replay(path, consecutiveFailures)
  for (const held of settled.held) if (held !== undefined && !held.isEnded) settled.finish(held, "neutral")
  must(settled.circuits.inFlight(model) === 0, "a drain is over when everything has ended")
  for (let tick = 0; tick < hintTicks; tick++) settled.apply("tick")
  must(settled.take(3, false), "someone is admitted again when all leases are settled")
}

interface Exploration {
  readonly start?: readonly Event[]
  readonly consecutiveFailures?: number
  readonly depth: number
  readonly events: (world: World) => readonly Event[]
}

/** Visits every state that can be met; how many, by the state of the circuit, and how many of them forced open. */
export function explore({ start = [], consecutiveFailures = 1, depth, events }: Exploration) {
  const seen = new Set<string>()
  const visited = { closed: 0, open: 0, "half-open": 0, forced: 0 }
  let paths: (readonly Event[])[] = [start]
  for (let step = 0; step < depth; step++) {
    const next: (readonly Event[])[] = []
    for (const path of paths)
      for (const event of events(replay(path, consecutiveFailures))) {
        const world = replay(path, consecutiveFailures)
        const longer = [...path, event]
        try {
          checkStep(world, event)
          const canonical = world.canonical()
          if (seen.has(canonical)) continue
          seen.add(canonical)
          checkFuture(longer, consecutiveFailures)
        } catch (error) {
          throw new Error(`After ${longer.join(", ")}: ${String(error)}`, { cause: error })
        }
        visited[world.state.state]++
        if (world.isForced) visited.forced++
        next.push(longer)
      }
    paths = next
  }
  return visited
}
