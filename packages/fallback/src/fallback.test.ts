import { createPipeline } from "@bellwether/core"
import type { CallResult } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { fallback, ModelFellBack } from "./index.ts"
import type { FallbackOptions } from "./index.ts"

/** Providers that serve one model each, named as the models are. */
function stageOf(scripts: Readonly<Record<string, Script>>, options: FallbackOptions, attempts = 8) {
  const clock = virtualClock()
  const providers = Object.entries(scripts).map(([model, script]) => {
    const origin = `https://${model}.test`
    return { model, provider: scriptedProvider({ clock, origin, models: [model], script }) }
  })
  const pipeline = createPipeline({
    endpoints: providers.map(({ model, provider }) => ({
      id: model,
      baseURL: provider.baseURL,
      serves: [model],
    })),
    use: [fallback(options)],
    fetch: scriptedFetch(...providers.map(({ provider }) => provider)),
    clock,
    random: seededRandom(1),
    attempts,
  })
  const heard: string[] = []
  pipeline.on(ModelFellBack, ({ from, to, code }) => heard.push(`${from} → ${to}: ${code}`))
  const ask = (model: string, path = "/chat/completions"): Promise<CallResult> =>
    clock.runUntil(
      pipeline.call({
        method: "POST",
        path,
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Why?" }], input: "Why?" }),
      }),
    )
  return { ask, heard }
}

/** Which models were asked, and how it went. */
const storyOf = ({ call }: CallResult): readonly string[] =>
  call.attempts.map(({ model, target, ending }) => {
    expect(target.endpoint).toBe(model)
    return `${model} ${ending?.failure?.class ?? "ok"}`
  })

const down = [{ kind: "error", error: "overloaded" }] as const
const tooLong = [{ kind: "error", error: "context-length" }] as const
const wrong = [{ kind: "error", error: "unprocessable" }] as const
const models = { big: ["middle", "small"] }

describe("a model that cannot be had", () => {
  test("gives way to the next in its chain, at an endpoint that serves it", async () => {
    const { ask, heard } = stageOf({ big: down, middle: down, small: ["yes"] }, { models })
    const result = await ask("big")
    expect(storyOf(result)).toEqual(["big overloaded", "middle overloaded", "small ok"])
    expect(heard).toEqual(["big → middle: overloaded", "big → small: overloaded"])
    expect(result.call.trail).toContainEqual(
      expect.objectContaining({ step: "model-changed", model: "small" }),
    )
    expect(result.call.model).toBe("big")
  })

  test("gives way too when no endpoint serves it", async () => {
    const { ask } = stageOf({ middle: ["yes"], small: ["no"] }, { models })
    expect(storyOf(await ask("big"))).toEqual(["middle ok"])
  })

  test("that no endpoint serves is told so, where nothing stands in for it", async () => {
    const { ask } = stageOf({ middle: ["yes"] }, { models })
    expect(await ask("huge")).toMatchObject({
      ok: false,
      failure: { code: "no-target", message: expect.stringContaining('No endpoint serves the model "huge"') },
    })
  })

  test("is asked alone where nothing stands in for it", async () => {
    const { ask, heard } = stageOf({ big: ["yes"], middle: down, small: ["yes"] }, { models })
    expect(storyOf(await ask("middle"))).toEqual(["middle overloaded"])
    expect(heard).toEqual([])
  })

  test("is what the caller is told of when none can be had, after a second round", async () => {
    const { ask } = stageOf(
      { big: [{ kind: "error", error: "server-error" }], middle: down, small: down },
      { models },
    )
    const result = await ask("big")
    expect(storyOf(result)).toHaveLength(6)
    expect(result).toMatchObject({ ok: false, failure: { class: "server-error" } })
  })

  test("is asked no more often than the call has attempts", async () => {
    const { ask } = stageOf({ big: down, middle: down, small: ["yes"] }, { models }, 2)
    const result = await ask("big")
    expect(storyOf(result)).toEqual(["big overloaded", "middle overloaded"])
    expect(result).toMatchObject({ ok: false, failure: { class: "overloaded" } })
  })
})

describe("what is wrong with the request", () => {
  test("is not asked of another model", async () => {
    const { ask } = stageOf({ big: wrong, middle: ["yes"], small: ["yes"] }, { models })
    expect(storyOf(await ask("big"))).toEqual(["big caller-fault"])
  })

  test("for a stand-in only does not end the way", async () => {
    const { ask } = stageOf({ big: down, middle: wrong, small: ["yes"] }, { models })
    expect(storyOf(await ask("big"))).toEqual(["big overloaded", "middle caller-fault", "small ok"])
  })
})

describe("a request that is too long for a model", () => {
  test("goes to those that hold more, and only to those", async () => {
    const options = { models: { big: ["middle"] }, longerContext: { big: ["long"] } }
    const { ask } = stageOf({ big: tooLong, middle: ["no"], long: ["yes"] }, options)
    expect(storyOf(await ask("big"))).toEqual(["big context-length", "long ok"])
  })

  test("is told as that when none holds it", async () => {
    const { ask } = stageOf({ big: tooLong, long: down }, { longerContext: { big: ["long"] } })
    const result = await ask("big")
    expect(storyOf(result)).toEqual(["big context-length", "long overloaded"])
    expect(result).toMatchObject({ ok: false, failure: { class: "context-length" } })
  })

  test("others do not go to the longer ones", async () => {
    const { ask } = stageOf({ big: down, long: ["no"] }, { longerContext: { big: ["long"] } })
    expect(storyOf(await ask("big"))).toEqual(["big overloaded"])
  })
})

describe("options", () => {
  test.each<[object, string]>([
    [{}, "fallback names no model: give it `models` or `longerContext`."],
    [{ models: { big: [] } }, "fallback.models.big must"],
    [{ models: { big: ["big"] } }, 'fallback.models["big"] names a model twice'],
    [{ longerContext: { big: ["a", "a"] } }, 'fallback.longerContext["big"] names a model twice'],
    [{ model: { big: ["a"] } }, "fallback.model is not an option; did you mean models?"],
  ])("%o is refused", (options, sentence) => {
    expect(() => fallback(options)).toThrow(sentence)
  })
})
