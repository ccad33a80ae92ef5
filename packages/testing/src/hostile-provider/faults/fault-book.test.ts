import { PipelineError } from "@bellwether/core"
import { afterEach, describe, expect, test } from "vitest"
import { virtualClock } from "../../virtual-clock.ts"
import { exampleRequest } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"
import type { HostileProviderOptions } from "../options.ts"
import { faultKinds, type FaultRule } from "./fault.ts"

let provider: HostileProvider
const start = async (options?: HostileProviderOptions) => (provider = await startHostileProvider(options))
afterEach(() => provider.close())

const ask = async (key = "sk-1") => {
  const { path, body } = exampleRequest("chat")
  const headers = { authorization: `Bearer ${key}` }
  return (await fetch(provider.origin + path, { method: "POST", headers, body: JSON.stringify(body) })).status
}
const askTimes = async (times: number) => {
  const statuses: number[] = []
  for (let time = 0; time < times; time++) statuses.push(await ask())
  return statuses
}

const overloaded = { kind: "error", error: "unavailable" } as const

describe("an injected fault", () => {
  test("strikes until it is removed, and counts", async () => {
    await start()
    const injection = provider.inject(overloaded)
    expect(await askTimes(2)).toEqual([503, 503])
    expect(injection.hits).toBe(2)
    injection.remove()
    expect(await ask()).toBe(200)
    expect(injection.hits).toBe(2)
  })

  test("strikes so many times and never again", async () => {
    await start()
    provider.inject(overloaded, { hits: 2 })
    expect(await askTimes(4)).toEqual([503, 503, 200, 200])
  })

  test("strikes one key only", async () => {
    await start()
    provider.inject(overloaded, { key: "sk-2" })
    expect([await ask("sk-1"), await ask("sk-2")]).toEqual([200, 503])
  })

  test("counts as matches only the requests it is for", async () => {
    await start()
    provider.inject(overloaded, { key: "sk-2", nth: 2 })
    expect([await ask("sk-2"), await ask("sk-1"), await ask("sk-2"), await ask("sk-2")]).toEqual([
      200, 200, 503, 200,
    ])
  })

  test("strikes in its window, counted from its injection", async () => {
    const clock = virtualClock()
    await start({ clock })
    await clock.advance(5000)
    provider.inject(overloaded, { fromMs: 100, untilMs: 200 })
    const statuses = [await ask()]
    await clock.advance(100)
    statuses.push(await ask())
    await clock.advance(100)
    statuses.push(await ask())
    expect(statuses).toEqual([200, 503, 200])
  })

  test("flaps", async () => {
    const clock = virtualClock()
    await start({ clock, faults: [{ ...overloaded, when: { cycle: { quietMs: 10, activeMs: 20 } } }] })
    const statuses: number[] = []
    for (let step = 0; step < 7; step++) {
      statuses.push(await ask())
      await clock.advance(10)
    }
    expect(statuses).toEqual([200, 503, 503, 200, 503, 503, 200])
  })

  test("strikes what the one before left", async () => {
    await start()
    provider.inject({ kind: "latency", ms: 1 })
    provider.inject(overloaded)
    provider.inject({ kind: "body-content-type", contentType: "text/html" })
    expect(await ask()).toBe(503)
    expect(provider.requests[0]?.faults).toEqual(["latency", "error", "body-content-type"])
  })

  test("is gone after clear, also when it was there from the start", async () => {
    await start({ faults: [overloaded] })
    expect(await ask()).toBe(503)
    provider.clear()
    expect(await ask()).toBe(200)
  })
})

describe("chance", () => {
  const course = async (seed: number) => {
    await start({ seed })
    provider.inject(overloaded, { probability: 0.5 })
    const statuses = await askTimes(40)
    await provider.close()
    return statuses
  }

  test("repeats with the seed", async () => {
    const first = await course(7)
    expect(await course(7)).toEqual(first)
    expect(await course(8)).not.toEqual(first)
    expect(new Set(first)).toEqual(new Set([200, 503]))
  })

  test("does not depend on what else happens", async () => {
    const alone = await course(7)
    await start({ seed: 7 })
    provider.inject(overloaded, { probability: 0.5, key: "sk-1" })
    provider.inject(overloaded, { probability: 0.5, key: "sk-other" })
    const among: number[] = []
    for (let time = 0; time < 40; time++) {
      await ask("sk-other")
      among.push(await ask())
    }
    expect(among).toEqual(alone)
  })
})

describe("a brown-out", () => {
  test("fails some requests and slows the others", async () => {
    const clock = virtualClock()
    await start({ clock, latencyMs: 100 })
    provider.inject({ kind: "brown-out", errorRate: 0.2, slowdown: 5 })
    for (let time = 0; time < 20; time++) {
      const call = ask()
      await provider.until(
        ({ requests }) => requests.at(-1)?.faults.length === 1 && requests.length === time + 1,
      )
      await clock.run()
      await call
    }
    const took = provider.requests.map(({ status, startedAtMs, endedAtMs = 0 }) => [
      status,
      endedAtMs - startedAtMs,
    ])
    expect(took).toContainEqual([503, 100])
    expect(took).toContainEqual([200, 500])
    expect(new Set(took.map(String)).size).toBe(2)
    expect(took.filter(([status]) => status === 503).length).toBeLessThan(10)
  })

  test("an error saves the time the model would have worked", async () => {
    const clock = virtualClock()
    await start({ clock, latencyMs: 100, tokensPerSecond: 1 })
    provider.inject(overloaded)
    const call = ask()
    await provider.until(({ requests }) => requests[0]?.faults.length === 1)
    await clock.run()
    await call
    expect(provider.requests[0]).toMatchObject({ status: 503, endedAtMs: 100 })
  })
})

describe("a rule that cannot be meant is refused in a sentence", () => {
  const wrong = [
    [{ kind: "stream-cutt" }, 'fault.kind can not be "stream-cutt"; did you mean stream-cut?'],
    [
      { kind: "error", error: "rate-limit" },
      'fault "error".error can not be "rate-limit"; did you mean rate-limited?',
    ],
    [{ kind: "error" }, 'fault "error".error is missing.'],
    [
      { kind: "stream-cut", afterContents: 2 },
      'fault "stream-cut".afterContents is not an option; did you mean afterContent?',
    ],
    [
      { kind: "black-hole", when: { probability: 2 } },
      'fault "black-hole".when.probability must be a number from 0 to 1, not 2.',
    ],
    [
      { kind: "black-hole", when: { rout: "chat" } },
      'fault "black-hole".when.rout is not an option; did you mean route?',
    ],
    [
      { kind: "refuse", when: { key: "sk-1" } },
      'fault "refuse".when.key has no effect: a refused connection has no request yet.',
    ],
    [
      { kind: "stream-comments", comment: "data: x" },
      'fault "stream-comments".comment must be a text that begins with ":", not a text.',
    ],
  ] as const

  test.each(wrong)("%j", async (rule, sentence) => {
    await start()
    const inject = () => provider.inject(rule as FaultRule)
    expect(inject).toThrow(sentence)
    expect(inject).toThrow(expect.objectContaining({ code: "invalid-options" }))
  })

  test("also at the start", async () => {
    await start()
    const servers = () => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length
    const before = servers()
    const starting = startHostileProvider({ faults: [{ kind: "nonsense" } as never] })
    await expect(starting).rejects.toSatisfy((error) => PipelineError.is(error, "invalid-options"))
    expect(servers()).toBe(before)
  })
})

test("every kind of fault is plain data", async () => {
  await start()
  expect(faultKinds).toHaveLength(new Set(faultKinds).size)
  const rule: FaultRule = { kind: "stream-stall", afterContent: 2, when: { route: "chat", fromMs: 5 } }
  expect(JSON.parse(JSON.stringify(rule))).toEqual(rule)
  expect(() => provider.inject(JSON.parse(JSON.stringify(rule)) as FaultRule)).not.toThrow()
})
