import { describe, expect, test } from "vitest"
import {
  answer,
  ask,
  askTimes,
  build,
  hanging,
  openStream,
  overloaded,
  states,
  textOf,
  told,
  trip,
} from "../test/stage.ts"
import type { Plan } from "../test/stage.ts"

type World = ReturnType<typeof build>

/** The pipeline that takes the place of another. */
const next = ({ pipeline, clock }: World, options: Parameters<typeof build>[0] = {}): World =>
  build({ state: pipeline.state, ...options }, clock)

const withKey = (key: string) => ({
  endpoints: [
    { id: "primary", baseURL: "https://primary.test/v1", key },
    { id: "backup", baseURL: "https://backup.test/v1", key: "secret" },
  ],
})

const stream = (world: World, plan: Plan) => {
  world.plans.push(plan)
  return ask(world.pipeline, { stream: true })
}

describe("a pipeline that goes on with the state of another", () => {
  test("leaves alone what the other found broken, and says so once", async () => {
    const first = build()
    await trip(first)
    const second = next(first)
    await first.pipeline.close()
    expect([second.heard, states(second.pipeline)]).toEqual([
      [],
      ["primary/key-1 gpt-4o: open", "backup/key-1 gpt-4o: closed"],
    ])
    expect(second.pipeline.inspect("gpt-4o").targets[0]?.verdict.status).toBe("unavailable")
    await ask(second.pipeline)
    expect(second.seen).toEqual(["backup"])
  })

  test("goes on counting where the other stood", async () => {
    const first = build()
    first.plans.push(...Array<Plan>(4).fill(overloaded))
    await askTimes(4, first.pipeline)
    const second = next(first)
    second.plans.push(overloaded)
    await ask(second.pipeline)
    expect(second.heard).toEqual([
      "primary/key-1 opened: 5 attempts in a row failed, the last one: overloaded (529)",
    ])
  })

  test("judges by its own options", async () => {
    const first = build()
    first.plans.push(overloaded, overloaded)
    await askTimes(2, first.pipeline)
    const second = next(first, { breaker: { consecutiveFailures: 3 } })
    second.plans.push(overloaded)
    await ask(second.pipeline)
    expect(second.heard).toHaveLength(1)
  })

  test("probes alone: the probe of one is the probe of the other", async () => {
    const first = build()
    await trip(first)
    await first.clock.advance(5_000)
    const probe = stream(first, hanging)
    const second = next(first)
    await ask(second.pipeline)
    expect(second.seen).toEqual(["backup"])
    await first.pipeline.close()
    await probe
    await ask(second.pipeline)
    expect(second.seen).toEqual(["backup", "primary"])
  })
})

describe("while both pipelines live", () => {
  test("a stream of the old one that is cut counts in the circuit of both", async () => {
    const first = build({ breaker: { consecutiveFailures: 1 } })
    const upstream = openStream()
    const asked = stream(first, upstream.plan)
    upstream.content()
    const result = await asked
    const second = next(first, { breaker: { consecutiveFailures: 1 } })
    upstream.cut()
    await expect(textOf(result)).rejects.toThrow("broke off")
    expect([first.heard.length, second.heard.length]).toEqual([1, 1])
    await ask(second.pipeline)
    expect(second.seen).toEqual(["backup"])
  })

  test("what was admitted before the circuit opened changes nothing", async () => {
    const first = build()
    const upstream = openStream()
    const asked = stream(first, upstream.plan)
    upstream.content()
    const result = await asked
    const second = next(first)
    await trip(second)
    upstream.finish()
    await textOf(result)
    expect(states(second.pipeline)[0]).toBe("primary/key-1 gpt-4o: open")
    expect(told(first.pipeline)[0]).toEqual(told(second.pipeline)[0])
  })

  test("an operator's word in one holds in the other", async () => {
    const first = build()
    const second = next(first)
    second.circuits.forceOpen({ endpoint: "primary" }, { reason: "moving house" })
    await ask(first.pipeline)
    expect(first.seen).toEqual(["backup"])
    expect([...first.heard, ...second.heard]).toEqual(Array(2).fill("primary forced open: moving house"))
    const third = next(second)
    expect(third.heard).toEqual([])
    await ask(third.pipeline)
    expect(third.seen).toEqual(["backup"])
    third.circuits.forceClose({ endpoint: "primary" })
    await ask(second.pipeline)
    expect(second.seen).toEqual(["primary"])
  })

  test("a drain in the new one waits for the streams of the old one", async () => {
    const first = build()
    const upstream = openStream()
    const asked = stream(first, upstream.plan)
    upstream.content()
    const result = await asked
    const second = next(first)
    let isDrained = false
    const draining = second.circuits.drain({ endpoint: "primary" }).then(() => (isDrained = true))
    await second.clock.advance(1_000)
    expect(isDrained).toBe(false)
    upstream.finish()
    await textOf(result)
    await draining
    expect(isDrained).toBe(true)
  })
})

describe("a target with another key", () => {
  test("starts over, and what the old key still tells changes nothing", async () => {
    const first = build()
    const upstream = openStream()
    const asked = stream(first, upstream.plan)
    upstream.content()
    const result = await asked
    await trip(first)
    const second = next(first, { ...withKey("another"), breaker: { consecutiveFailures: 1 } })
    upstream.cut()
    await expect(textOf(result)).rejects.toThrow("broke off")
    await ask(second.pipeline)
    expect(second.seen).toEqual(["primary"])
    expect([first.heard.at(-1), second.heard]).toEqual(["closed: it started over", []])
  })

  test("stays held by an operator who held it", async () => {
    const first = build()
    first.circuits.forceOpen({ endpoint: "primary", key: "key-1" })
    const second = next(first, withKey("another"))
    await ask(second.pipeline)
    expect(second.seen).toEqual(["backup"])
  })

  test("is known as before where the key is the same", async () => {
    const first = build()
    await trip(first)
    const second = next(first, withKey("secret"))
    await ask(second.pipeline)
    expect(second.seen).toEqual(["backup"])
  })
})

test("nothing of a pipeline is left when it is closed", async () => {
  const first = build()
  await trip(first)
  first.plans.push(answer)
  first.circuits.forceOpen({ endpoint: "primary" }, { forMs: 60_000 })
  const second = next(first)
  await first.pipeline.close()
  expect(second.clock.pending).toBe(1)
  await second.pipeline.close()
  expect(second.clock.pending).toBe(0)
})
