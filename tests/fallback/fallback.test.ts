import { bellwether } from "bellwether"
import type { CallResult, EndpointOptions } from "@bellwether/core"
import { fallback } from "@bellwether/fallback"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script } from "@bellwether/testing"
import { describe, expect, test } from "vitest"

interface Cast {
  readonly serves: string
  readonly script: Script
}

/** The default stack under a chain from `big` to `small`, in virtual time. */
function stageOf(cast: Readonly<Record<string, Cast>>) {
  const clock = virtualClock()
  const providers = Object.entries(cast).map(([id, { serves, script }]) => {
    const provider = scriptedProvider({ clock, origin: `https://${id}.test`, models: [serves], script })
    const endpoint: EndpointOptions = { id, baseURL: provider.baseURL, serves: [serves] }
    return { provider, endpoint }
  })
  const pipeline = bellwether({
    endpoints: providers.map(({ endpoint }) => endpoint),
    use: [fallback({ models: { big: ["small"] } })],
    fetch: scriptedFetch(...providers.map(({ provider }) => provider)),
    clock,
    random: seededRandom(1),
  })
  const ask = (stream = false): Promise<CallResult> => {
    const messages = [{ role: "user", content: "Why?" }]
    const body = JSON.stringify({ model: "big", messages, stream })
    return clock.runUntil(pipeline.call({ method: "POST", path: "/chat/completions", body }))
  }
  return { clock, ask }
}

const storyOf = ({ call }: CallResult): readonly string[] =>
  call.attempts.map(
    ({ target, model, kind, ending }) =>
      `${target.endpoint} ${model} ${kind} ${ending?.failure?.class ?? "ok"}`,
  )

const down = [{ kind: "error", error: "unavailable" }] as const
const limited = (retryAfterMs: number): Script =>
  [
    { kind: "error", error: "rate-limited", retryAfter: { as: "seconds", ms: retryAfterMs } },
    "at last",
  ] as const
const hanging = [{ kind: "black-hole" }] as const

describe("a chain of models over the default stack", () => {
  test("all targets of a model come before another model", async () => {
    const { ask } = stageOf({
      one: { serves: "big", script: down },
      two: { serves: "big", script: ["yes"] },
      three: { serves: "small", script: ["no"] },
    })
    expect((await ask()).call.attempts.at(-1)).toMatchObject({ model: "big", target: { endpoint: "two" } })
  })

  test("a model that is down is left after one repeat, and soon", async () => {
    const { ask, clock } = stageOf({
      one: { serves: "big", script: down },
      two: { serves: "small", script: ["yes"] },
    })
    const result = await ask()
    expect(storyOf(result)).toEqual([
      "one big first overloaded",
      "one big repeat overloaded",
      "two small first ok",
    ])
    expect(clock.now()).toBeLessThan(2_000)
  })

  test("a model that hangs is cut for the next", async () => {
    const { ask } = stageOf({
      one: { serves: "big", script: hanging },
      two: { serves: "small", script: ["yes"] },
    })
    const result = await ask(true)
    expect(storyOf(result)).toEqual(["one big first timeout", "two small first ok"])
  })

  test("circuits that are open are not waited for while another model is there", async () => {
    const { ask, clock } = stageOf({
      one: { serves: "big", script: down },
      two: { serves: "big", script: down },
      three: { serves: "small", script: ["yes"] },
    })
    for (let count = 0; count < 5; count++) await ask()
    const before = clock.now()
    const result = await ask()
    expect(storyOf(result)).toEqual(["three small first ok"])
    expect(clock.now() - before).toBeLessThan(1_000)
  })

  test("where nothing answers at once, what is worth waiting for is waited for", async () => {
    const { ask, clock } = stageOf({
      one: { serves: "big", script: limited(20_000) },
      two: { serves: "small", script: down },
    })
    const result = await ask()
    expect(result.ok).toBe(true)
    expect(storyOf(result).at(-1)).toMatch(/^one big .* ok$/)
    expect(clock.now()).toBeGreaterThanOrEqual(20_000)
  })

  test("a chain that is down altogether sees no more than its repeats", async () => {
    const { ask } = stageOf({
      one: { serves: "big", script: down },
      two: { serves: "small", script: down },
    })
    const result = await ask()
    expect(result).toMatchObject({ ok: false, failure: { class: "overloaded" } })
    expect(storyOf(result).filter((line) => line.includes("first"))).toHaveLength(2)
    expect(result.call.attempts.length).toBeLessThanOrEqual(6)
  })
})
