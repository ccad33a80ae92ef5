// Every order in which up to three calls can be admitted, commit, succeed, fail, be cancelled, hang and come back
// late, to a depth of ten events, on the real circuit and its real leases. The states met are remembered, so that
// each is gone on from once.
import { equalJitter } from "@bellwether/backoff"
import type { Attempt, Clock, Ending, Target } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { CircuitLease } from "./circuit-lease.ts"
import { closedCircuit } from "./circuit.ts"
import type { Circuit } from "./circuit.ts"
import { LiveCircuit } from "./live-circuit.ts"

const calls = [0, 1, 2] as const
const depth = 10
const probeTicks = 2
const maxOpenTicks = 2
const rules = {
  windowMs: 4,
  failureRatio: 0.5,
  minimumCompleted: 3,
  openFor: equalJitter({ baseMs: 2, capMs: 2 * maxOpenTicks }),
  successesToClose: 2,
  probeMs: () => probeTicks,
}

const target: Target = {
  id: "primary/key-1",
  endpoint: "primary",
  key: "key-1",
  tier: 0,
  weight: 1,
  prefill: false,
}
const outcomes = {
  success: { health: "success", durationMs: 0 },
  failure: {
    health: "failure",
    durationMs: 0,
    failure: { class: "overloaded", code: "overloaded", message: "primary/key-1 is overloaded." },
  },
  neutral: {
    health: "neutral",
    durationMs: 0,
    failure: { class: "cancelled", code: "cancelled", message: "The caller gave up." },
  },
} satisfies Record<string, Ending>

type Step = "admit" | "panic" | "commit" | keyof typeof outcomes
type Event = "tick" | `${Step} ${(typeof calls)[number]}`

/** What the test itself knows of a lease, to judge the circuit by. */
interface Held {
  readonly lease: CircuitLease
  readonly isProbe: boolean
  readonly generation: number
  isCommitted: boolean
  isEnded: boolean
  isExpired: boolean
}

/** A circuit, three callers and a clock turned by hand. */
class World {
  nowMs = 0
  readonly timers = new Set<{ atMs: number; run: () => void }>()
  readonly held: (Held | undefined)[] = [undefined, undefined, undefined]
  /** Probes and panic tries that committed in this generation. */
  successes = 0
  generation = 0
  ids = 0
  /** What the fleet would hear of it. */
  told: Circuit = closedCircuit
  readonly circuit: LiveCircuit

  constructor(consecutiveFailures: number) {
    const clock: Clock = {
      now: () => this.nowMs,
      date: () => this.nowMs,
      sleep: () => Promise.reject(new Error("Nobody sleeps here.")),
      external: (promise) => promise,
      after: (ms, run) => {
        const timer = { atMs: this.nowMs + ms, run }
        this.timers.add(timer)
        return { cancel: () => void this.timers.delete(timer), rearm: () => {} }
      },
    }
    const chance = { next: () => 0, id: () => `probe-${this.ids++}`, stream: () => chance }
    const services = {
      clock,
      random: chance,
      rules: { ...rules, consecutiveFailures },
      publish: ({ breaker }: LiveCircuit) => void (this.told = breaker.circuit),
      announce: () => {},
    }
    this.circuit = new LiveCircuit(target, "gpt-4o", closedCircuit, services)
  }

  get state() {
    return this.circuit.breaker.circuit
  }

  get probesInFlight(): Held[] {
    return this.held.filter(
      (held): held is Held => held !== undefined && held.isProbe && !isOver(held) && !held.isCommitted,
    )
  }

  /** The probe of this generation. */
  get placeTaken(): string | undefined {
    for (const { lease, generation } of this.probesInFlight)
      if (lease.permit.role === "probe" && generation === this.generation) return lease.permit.id
    return undefined
  }

  /** What can happen next. */
  events(): Event[] {
    const events: Event[] = ["tick"]
    for (const call of calls) {
      const held = this.held[call]
      if (held === undefined || held.isEnded) events.push(`admit ${call}`, `panic ${call}`)
      else {
        if (!held.isCommitted) events.push(`commit ${call}`)
        events.push(`success ${call}`, `failure ${call}`, `neutral ${call}`)
      }
      // Callers are alike: who has not called yet is like the next one who has not.
      if (held === undefined) break
    }
    return events
  }

  apply(event: Event): void {
    if (event === "tick") this.tick()
    else {
      const [step, call] = event.split(" ") as [Step, string]
      if (step === "admit" || step === "panic") this.take(Number(call), step === "panic")
      else this.finish(this.held[Number(call)]!, step)
    }
    if (this.state.generation !== this.generation) {
      this.generation = this.state.generation
      this.successes = 0
    }
  }

  take(call: number, isPanic: boolean): boolean {
    const attempt = {
      kind: isPanic ? "panic" : "first",
      startedAtMs: this.nowMs,
      call: { stream: true },
    } as Attempt
    const { generation, state } = this.state
    const answer = this.circuit.take(attempt, isPanic)
    if ("status" in answer) return false
    const lease = answer as CircuitLease
    const isProbe = state !== "closed"
    this.held[call] = { lease, isProbe, generation, isCommitted: false, isEnded: false, isExpired: false }
    return true
  }

  finish(held: Held, step: Exclude<Step, "admit" | "panic">): void {
    const isCommit = step === "commit" || (step === "success" && !held.isCommitted)
    if (isCommit && held.isProbe && !isOver(held) && held.generation === this.generation) this.successes++
    if (step === "commit") {
      held.isCommitted = true
      held.lease.committed()
    } else {
      held.isEnded = true
      held.lease.end(outcomes[step])
    }
  }

  tick(): void {
    this.nowMs++
    for (const timer of [...this.timers].filter(({ atMs }) => atMs <= this.nowMs)) {
      this.timers.delete(timer)
      for (const held of this.probesInFlight) held.isExpired = true
      timer.run()
    }
  }

  /** Equal for states that nothing later can tell apart. */
  canonical(): string {
    const { circuit, window, isProbing } = this.circuit.breaker
    const since = (ms: number) => ms - this.nowMs
    const openings = Math.min(circuit.openings, 2)
    const shown = [
      circuit.state,
      openings,
      // A closed circuit only asks whether it has been steady.
      Math.max(since(circuit.sinceMs), -rules.windowMs),
      circuit.state === "open" ? Math.max(since(circuit.untilMs), 0) : 0,
      circuit.state === "half-open" ? [circuit.successes, circuit.probe && since(circuit.probe.untilMs)] : 0,
      this.successes,
      isProbing,
      window.generation === circuit.generation && [
        window.failuresInARow,
        window.buckets.map(({ startMs, completed, failed }) => [since(startMs), completed, failed]),
      ],
      [...this.timers].map(({ atMs }) => since(atMs)),
    ]
    const holders = this.held.map((held) => {
      if (held === undefined) return "new"
      if (held.isEnded) return "done"
      const isCurrent = held.generation === circuit.generation
      return [held.lease.permit.role, held.isCommitted, held.isExpired, isCurrent].join()
    })
    return JSON.stringify([shown, holders.toSorted()])
  }
}

const isOver = ({ isEnded, isExpired }: Held) => isEnded || isExpired

function replay(path: readonly Event[], consecutiveFailures: number): World {
  const world = new World(consecutiveFailures)
  for (const event of path) world.apply(event)
  return world
}

/** `expect` for a million questions. */
function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what)
}

/** What must hold between one state and the next. */
function checkStep(world: World, event: Event): void {
  const before = world.circuit.breaker
  const held = event === "tick" ? undefined : world.held[Number(event.split(" ")[1])]
  const isLate =
    held !== undefined && !held.isEnded && (held.generation !== world.generation || held.isExpired)
  const expiring = world.probesInFlight.find(({ generation }) => generation === world.generation)
  world.apply(event)
  const after = world.circuit.breaker
  const probes = world.probesInFlight.length
  const unended = world.held.filter((one) => one !== undefined && !isOver(one)).length
  const hasOpened = after.circuit.state === "open" && after.circuit !== before.circuit

  must(probes <= 1, "one probe at a time")
  must(after.isProbing === (probes === 1), "the process knows of its probe")
  must(world.timers.size === probes, "a timer for the probe and for nothing else")
  must(world.circuit.inFlight === unended, "each lease ends exactly once")
  must(probeOf(after.circuit) === world.placeTaken, "the place is taken while the probe runs, no longer")
  must(after.circuit.generation >= before.circuit.generation, "no way back")
  must(after.circuit.generation > before.circuit.generation === hasOpened, "a generation per opening")
  if (isLate) {
    must(after.circuit === before.circuit, "an older generation's result changes nothing")
    must(after.window === before.window, "an older generation's result counts nothing")
  }
  if (before.circuit.state === "half-open") {
    const hasFailed = event.startsWith("failure") ? !isLate : event === "tick" && expiring?.isExpired === true
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
    must(world.successes >= rules.successesToClose, "it takes two probes to close")
}

const probeOf = (circuit: Circuit) => (circuit.state === "half-open" ? circuit.probe?.id : undefined)
const successesOf = (circuit: Circuit) => (circuit.state === "half-open" ? circuit.successes : 0)

/** What must be possible from every state. */
function checkFuture(path: readonly Event[], consecutiveFailures: number): void {
  const many = replay(path, consecutiveFailures)
  if (many.state.state !== "closed") {
    const admissible = many.circuit.peek().status === "available" ? 1 : 0
    const admitted = [3, 4, 5, 6].filter((call) => many.take(call, false)).length
    must(admitted === admissible, "of many callers exactly one probes")
  }
  const hanging = replay(path, consecutiveFailures)
  for (let tick = 0; tick < probeTicks + maxOpenTicks; tick++) hanging.apply("tick")
  must(hanging.take(3, false), "someone is admitted again though every call hangs")

  const settled = replay(path, consecutiveFailures)
  for (const held of settled.held) if (held !== undefined && !held.isEnded) settled.finish(held, "neutral")
  for (let tick = 0; tick < maxOpenTicks; tick++) settled.apply("tick")
  must(settled.take(3, false), "someone is admitted again when all leases are settled")
}

/** Visits every state that can be met; how many, by the state of the circuit. */
function explore(start: readonly Event[], consecutiveFailures: number): Record<Circuit["state"], number> {
  const seen = new Set<string>()
  const visited = { closed: 0, open: 0, "half-open": 0 }
  let paths: (readonly Event[])[] = [start]
  for (let step = 0; step < depth; step++) {
    const next: (readonly Event[])[] = []
    for (const path of paths)
      for (const event of replay(path, consecutiveFailures).events()) {
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
        next.push(longer)
      }
    paths = next
  }
  return visited
}

describe("law 5: an outcome belongs to the state that admitted it, in every order of events", () => {
  test.each<[string, readonly Event[], number]>([
    ["a closed circuit that opens on one failure", [], 1],
    ["a closed circuit that opens on two failures", [], 2],
    [
      "an open circuit with two calls under way since before",
      ["admit 0", "admit 1", "admit 2", "failure 2"],
      1,
    ],
    ["a half-open circuit", ["admit 0", "failure 0", "tick", "admit 0"], 1],
  ])("from %s", (_, start, consecutiveFailures) => {
    const visited = explore(start, consecutiveFailures)
    for (const count of Object.values(visited)) expect(count).toBeGreaterThan(100)
  })
})

describe("two processes that hear of each other now and then", () => {
  const step = fc.constantFrom<Step | "tick" | "news">(
    ...(["admit", "panic", "commit", "success", "failure", "neutral", "tick", "news"] as const),
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
      const event = `${step} ${call}` as Event
      if (world.events().includes(event)) world.apply(event)
    }
  }

  function tell(fleet: readonly World[]): void {
    const news = fleet.map(({ told }) => told)
    for (const world of fleet) for (const circuit of news) world.circuit.learn(circuit)
    for (const world of fleet) world.told = world.state
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
        expect(fleet[0]!.take(3, false)).toBe(true)
        expect(fleet[0]!.state).not.toMatchObject({ state: "open" })
        tell(fleet)
        expect(fleet[1]!.take(3, false)).toBe(fleet[0]!.state.state === "closed")
      }),
      { numRuns: 2_000 },
    )
  })
})
