import { memoryStore } from "@bellwether/core"
import { priceList } from "@bellwether/cost"
import { describe, expect, test } from "vitest"
import {
  ask,
  begun,
  broken,
  endpoints,
  limited,
  outcomeOf,
  retire,
  revoked,
  route,
  stageOf,
} from "./stage.ts"

describe("what the pipeline before has learnt", () => {
  test("an open circuit stays open", async () => {
    const stage = stageOf()
    const first = stage.open({ health: false, retry: false })
    stage.primary.follow([broken])
    for (let call = 0; call < 5; call++) await ask(stage, first)
    const second = stage.open({ health: false, retry: false }, first)
    await retire(stage, first)
    expect(route(await ask(stage, second))).toEqual(["backup"])
    expect(second.metrics.snapshot().targets["primary/key-1"]?.circuits).toEqual({ "gpt-4o": "open" })
  })

  test("a provider that wants to be left alone is left alone", async () => {
    const stage = stageOf()
    const first = stage.open()
    stage.primary.follow([limited(20_000), "Hello."])
    await ask(stage, first)
    const second = stage.open({}, first)
    await retire(stage, first)
    expect(route(await ask(stage, second))).toEqual(["backup"])
    await stage.clock.advance(60_000)
    expect(route(await ask(stage, second))).toEqual(["primary"])
  })

  test.each([
    ["stays out of use", "sk-primary", ["backup"]],
    ["is forgotten with the key", "sk-new", ["primary"]],
  ])("a key that was refused %s", async (_title, key, expected) => {
    const stage = stageOf()
    const options = { health: false } as const
    const first = stage.open(options)
    stage.primary.follow([revoked, "Hello."])
    expect(route(await ask(stage, first))).toEqual(["primary", "backup"])
    const second = stage.open({ ...options, endpoints: endpoints({ primary: key }) }, first)
    await retire(stage, first)
    expect(route(await ask(stage, second))).toEqual(expected)
  })

  test("what the old key is still told does not park the new one", async () => {
    const stage = stageOf()
    const options = { health: false } as const
    const first = stage.open(options)
    stage.primary.follow([revoked, "Hello."])
    const late = first.call({
      path: "/chat/completions",
      method: "POST",
      body: '{"model":"gpt-4o","messages":[]}',
    })
    await stage.clock.advance(50)
    const second = stage.open({ ...options, endpoints: endpoints({ primary: "sk-new" }) }, first)
    const result = await stage.clock.runUntil(late)
    if (result.ok) await stage.clock.runUntil(result.response.text())
    expect(route(result)).toEqual(["primary", "backup"])
    expect(route(await ask(stage, second))).toEqual(["primary"])
  })

  test("probes and their history go on", async () => {
    const stage = stageOf()
    const first = stage.open()
    await stage.clock.runUntil(first.ready())
    const second = stage.open({}, first)
    await retire(stage, first)
    expect(second.health.history()["primary/key-1"]).toHaveLength(1)
    void second.ready()
    await stage.clock.advance(100_000)
    expect(second.health.history()["primary/key-1"]?.length).toBeGreaterThan(2)
  })

  test("a budget is not refilled, nor by another limit", async () => {
    const stage = stageOf()
    const quota = (requests: number) => ({ budgets: [{ limit: { requests }, per: "day" as const }] })
    const first = stage.open({ quota: quota(2) })
    await ask(stage, first)
    await ask(stage, first)
    expect((await ask(stage, first)).ok).toBe(false)
    const second = stage.open({ quota: quota(2) }, first)
    expect((await ask(stage, second)).ok).toBe(false)
    const third = stage.open({ quota: quota(3) }, second)
    expect([(await ask(stage, third)).ok, (await ask(stage, third)).ok]).toEqual([true, false])
  })

  test("counts and costs go on", async () => {
    const stage = stageOf()
    const options = { cost: { prices: priceList({ "gpt-4o": { input: 1, output: 1 } }) } }
    const first = stage.open(options)
    await ask(stage, first)
    const second = stage.open(options, first)
    await ask(stage, second)
    await ask(stage, first)
    expect(second.metrics.snapshot()).toMatchObject({ total: 3, successful: 3, inFlight: 0 })
    expect(first.metrics.snapshot().total).toBe(3)
    expect(second.cost.snapshot().total).toEqual(first.cost.snapshot().total)
    expect(second.cost.snapshot().total.attempts).toBe(3)
  })

  test("a circuit that opens is counted once, however many pipelines have it", async () => {
    const stage = stageOf()
    const options = { health: false, retry: false } as const
    const first = stage.open(options)
    const second = stage.open(options, first)
    stage.primary.follow([broken])
    await ask(stage, second)
    for (let call = 0; call < 5; call++) await ask(stage, first)
    expect(second.metrics.prometheus()).toMatch(/circuit_openings_total\{[^}]*primary[^}]*\} 1\n/)
  })

  test("calls of before can be explained, those under way too", async () => {
    const stage = stageOf()
    const first = stage.open()
    const { call: past } = await ask(stage, first)
    const { call: present, text } = await begun(stage, first)
    const second = stage.open({}, first)
    expect(outcomeOf(second.explain(past.id))).toBe("attempt-succeeded")
    expect(second.explain(present.id)?.id).toBe(present.id)
    await stage.clock.runUntil(text)
    await retire(stage, first)
    expect(outcomeOf(second.explain(present.id))).toBe("attempt-succeeded")
  })

  test("is known to a fleet's pipeline at once, before the store has answered", async () => {
    const stage = stageOf()
    const store = memoryStore({ clock: stage.clock })
    const options = { health: false, store } as const
    const first = stage.open(options)
    stage.primary.follow([revoked])
    await ask(stage, first)
    await first.close()
    const second = stage.open(options, first)
    expect(second.inspect().targets[0]?.verdict.status).toBe("unavailable")
    await second.close()
  })
})

describe("a stream that runs over the reload", () => {
  test("ends well on the pipeline it began on", async () => {
    const stage = stageOf()
    const first = stage.open()
    const { text } = await begun(stage, first)
    const second = stage.open({}, first)
    expect(second.metrics.snapshot().inFlight).toBe(1)
    const retiring = first.idle().then(() => first.close())
    const [whole] = await stage.clock.runUntil(Promise.all([text, retiring]))
    expect(whole).toMatch(/\[DONE\]\s*$/)
    expect(second.metrics.snapshot()).toMatchObject({ total: 1, successful: 1, inFlight: 0 })
  })

  test("counts in the circuit of both when it breaks", async () => {
    const stage = stageOf()
    const options = { health: false, circuitBreaker: { consecutiveFailures: 1 } } as const
    const first = stage.open(options)
    stage.primary.follow([{ kind: "stream-cut", afterContent: 3 }])
    const { text } = await begun(stage, first)
    const second = stage.open(options, first)
    await expect(stage.clock.runUntil(text)).rejects.toThrow("ended its stream")
    stage.primary.follow(["Hello."])
    expect(route(await ask(stage, second))).toEqual(["backup"])
    expect(route(await ask(stage, first))).toEqual(["backup"])
  })

  test("is waited for by who drains its endpoint in the new pipeline", async () => {
    const stage = stageOf()
    const first = stage.open()
    const { text } = await begun(stage, first)
    const second = stage.open({}, first)
    let isDrained = false
    const draining = second.circuits.drain({ endpoint: "primary" }).then(() => (isDrained = true))
    expect(route(await ask(stage, second))).toEqual(["backup"])
    expect(isDrained).toBe(false)
    await stage.clock.runUntil(Promise.all([text, draining]))
  })
})

describe("endpoints", () => {
  const [primary, backup] = endpoints() as [ReturnType<typeof endpoints>[0], ReturnType<typeof endpoints>[0]]

  test("that are added take calls, and those that stay are known", async () => {
    const stage = stageOf()
    const options = { health: false, retry: false } as const
    const first = stage.open({ ...options, endpoints: [primary] })
    const second = stage.open({ ...options, circuitBreaker: { consecutiveFailures: 2 } }, first)
    stage.primary.follow([broken])
    for (let call = 0; call < 2; call++) await ask(stage, first)
    expect(route(await ask(stage, second))).toEqual(["primary"])
    expect(route(await ask(stage, second))).toEqual(["backup"])
  })

  test("that are gone get no calls but those that are under way, and are known when they come back", async () => {
    const stage = stageOf()
    const first = stage.open()
    const { text } = await begun(stage, first)
    stage.primary.follow([limited(60_000), "Hello."])
    await ask(stage, first)
    const second = stage.open({ endpoints: [backup] }, first)
    expect(route(await ask(stage, second))).toEqual(["backup"])
    await stage.clock.runUntil(text)
    await retire(stage, first)
    const third = stage.open({}, second)
    expect(route(await ask(stage, third))).toEqual(["backup"])
  })
})

describe("what is left", () => {
  test("of a pipeline that is retired: no timers, no requests, nobody who listens", async () => {
    const stage = stageOf()
    const options = { rateLimit: {}, hedge: true, cost: true, resume: true } as const
    const first = stage.open(options)
    await stage.clock.runUntil(first.ready())
    stage.primary.follow([limited(5_000), broken, revoked, "Hello."])
    for (let call = 0; call < 10; call++) await ask(stage, first)
    const { text } = await begun(stage, first)
    const second = stage.open(options, first)
    await ask(stage, second)
    await stage.clock.runUntil(text)
    await retire(stage, first)
    await second.close()
    expect([stage.clock.pending, stage.primary.inFlight + stage.backup.inFlight]).toEqual([0, 0])
  })

  test("of a configuration that is refused: the pipeline before, as it was", async () => {
    const stage = stageOf()
    const first = stage.open()
    stage.primary.follow([revoked, "Hello."])
    await ask(stage, first)
    const keys = endpoints({ primary: "sk-new" })
    expect(() => stage.open({ endpoints: keys, deadlineMs: -1 }, first)).toThrow("deadlineMs")
    expect(route(await ask(stage, first))).toEqual(["backup"])
    const second = stage.open({ endpoints: keys }, first)
    expect(route(await ask(stage, second))).toEqual(["primary"])
  })

  test("after a hundred reloads under load: every call answered, counted once, and no more timers than of one", async () => {
    const stage = stageOf()
    let pipeline = stage.open()
    const retiring: Promise<void>[] = []
    const asked: Promise<string>[] = []
    for (let reload = 0; reload < 100; reload++) {
      for (let call = 0; call < 3; call++)
        asked.push(
          pipeline
            .call({
              path: "/chat/completions",
              method: "POST",
              body: JSON.stringify({
                model: "gpt-4o",
                stream: call > 0,
                messages: [{ role: "user", content: "Why?" }],
              }),
            })
            .then((result) => (result.ok ? result.response.text() : Promise.reject(result.error))),
        )
      await stage.clock.advance(70)
      const next = stage.open({}, pipeline)
      const former = pipeline
      retiring.push(former.idle().then(() => former.close()))
      pipeline = next
    }
    const texts = await stage.clock.runUntil(Promise.all(asked))
    await stage.clock.runUntil(Promise.all(retiring))
    expect(texts.every((text) => text.length > 0)).toBe(true)
    expect(pipeline.metrics.snapshot()).toMatchObject({ total: 300, successful: 300, inFlight: 0 })
    await pipeline.close()
    expect(stage.clock.pending).toBe(0)
  })
})
