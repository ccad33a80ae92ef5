import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { recording } from "../test/answers.ts"
import { answered, endpoint, pipelineOver } from "../test/pipelines.ts"
import { chatAnswer, plain } from "../test/streams.ts"
import type { EndpointOptions } from "./endpoint.ts"
import type { Pipeline } from "./pipeline.ts"
import type { PipelineOptions } from "./pipeline-options.ts"
import type { Places, Plugin } from "./plugin.ts"
import { seededRandom } from "./random.ts"
import type { Services } from "./services.ts"
import { createState } from "./state.ts"

const plugin = (setup: (services: Services) => Places | void, name = "plugin"): Plugin => ({ name, setup })
const answering = () => recording(() => Response.json(chatAnswer))

/** A pipeline, and what it lends to a plugin. */
const opened = (options: Partial<PipelineOptions>, name?: string): [Pipeline, Services] => {
  let lent: Services | undefined
  const pipeline = pipelineOver({ ...options, use: [plugin((services) => void (lent = services), name)] })
  if (lent === undefined) throw new Error("The plugin was not set up.")
  return [pipeline, lent]
}

describe("what a plugin keeps", () => {
  test("is there in the next pipeline, by reference", async () => {
    const [first, ours] = opened({})
    const kept = ours.kept("counts", () => new Map([["a", 1]]))
    const [, theirs] = opened({ state: first.state })
    expect(theirs.kept("counts", () => new Map())).toBe(kept)
    await first.close()
    const [, others] = opened({ state: first.state })
    expect(others.kept("counts", () => new Map())).toBe(kept)
  })

  test("is its own, by its name and the plugin's", () => {
    const state = createState()
    const [, ours] = opened({ state })
    const [, others] = opened({ state }, "other")
    ours.kept("count", () => 1)
    expect(ours.kept("other", () => 2)).toBe(2)
    expect(others.kept("count", () => 3)).toBe(3)
  })

  test("may be nothing, which is made once too", () => {
    const [, { kept }] = opened({})
    kept("nothing", () => undefined)
    expect(kept<unknown>("nothing", () => expect.unreachable())).toBeUndefined()
  })

  test("is gone in a pipeline with a state of its own", () => {
    const [, ours] = opened({})
    ours.kept("count", () => 1)
    const [, theirs] = opened({})
    expect(theirs.kept("count", () => 2)).toBe(2)
  })
})

describe("targets are renewed", () => {
  const at = { id: "a", baseURL: "https://a.example/v1" }
  /** The ids of those that are, when the second endpoint takes the place of the first. */
  const renewed = (before: Partial<EndpointOptions>, after: Partial<EndpointOptions>): readonly string[] => {
    const [first] = opened({ endpoints: [{ ...at, ...before }] })
    const [, { renewed: targets }] = opened({ endpoints: [{ ...at, ...after }], state: first.state })
    return targets.map(({ id }) => id)
  }
  const fetchKey = () => "sk-fetched"

  test.each<[string, Partial<EndpointOptions>, Partial<EndpointOptions>]>([
    ["whose key is another one", { key: "sk-1" }, { key: "sk-2" }],
    ["that live elsewhere", { key: "sk" }, { key: "sk", baseURL: "https://b.example/v1" }],
    ["whose key is fetched in another way", { key: () => "sk-1" }, { key: () => "sk-1" }],
    ["whose key is fetched now", { key: "sk-fetched" }, { key: fetchKey }],
  ])("%s", (_, before, after) => {
    expect(renewed(before, after)).toEqual(["a/key-1"])
  })

  test.each<[string, Partial<EndpointOptions>, Partial<EndpointOptions>]>([
    ["with the same key, a line's end apart", { key: "sk-1" }, { key: "sk-1\n" }],
    ["at the same address, a slash apart", { key: "sk" }, { key: "sk", baseURL: "https://a.example/v1/" }],
    ["whose key the same function fetches", { key: fetchKey }, { key: fetchKey }],
    ["of another tier and weight", { key: "sk" }, { key: "sk", tier: 3, weight: 7 }],
  ])("but not those %s", (_, before, after) => {
    expect(renewed(before, after)).toEqual([])
  })

  test("one by one, where an endpoint has several keys", () => {
    const keys = (second: string) => [
      { id: "one", value: "sk-1" },
      { id: "two", value: second },
    ]
    expect(renewed({ keys: keys("sk-2") }, { keys: keys("sk-3") })).toEqual(["a/two"])
    expect(renewed({ keys: [{ id: "one", value: "sk-1" }] }, { keys: keys("sk-2") })).toEqual([])
  })

  test("when they come back with another key, however long they were gone", () => {
    const [first] = opened({ endpoints: [endpoint("a"), endpoint("b")] })
    const { state } = first
    opened({ endpoints: [endpoint("a")], state })
    const [, same] = opened({ endpoints: [endpoint("b")], state })
    const [, other] = opened({ endpoints: [endpoint("b", { key: "sk-other" })], state })
    expect([same.renewed, other.renewed.map(({ id }) => id)]).toEqual([[], ["b/key-1"]])
  })

  test("until a pipeline has been set up with them", () => {
    const { state } = pipelineOver({})
    const broken = plugin(() => {
      throw new Error("no license")
    })
    const endpoints = [endpoint("a", { key: "sk-new" })]
    expect(() => pipelineOver({ endpoints, state, use: [broken] })).toThrow("no license")
    const [, next] = opened({ endpoints, state })
    const [, last] = opened({ endpoints, state })
    expect([next.renewed.length, last.renewed.length]).toEqual([1, 0])
  })
})

describe("a state", () => {
  test("is refused where the clock is another one", () => {
    const { state } = pipelineOver({ clock: virtualClock() })
    expect(() => pipelineOver({ clock: virtualClock(), state })).toThrow("state was learnt by another clock")
    expect(() => pipelineOver({ state })).toThrow(expect.objectContaining({ code: "invalid-options" }))
  })

  test("is one that createState made, not what looks like one", () => {
    expect(() => pipelineOver({ state: {} as never })).toThrow("state must be the state of a pipeline")
  })

  test("shows nothing of what is in it, least of all keys", () => {
    const { state } = pipelineOver({ endpoints: [endpoint("a", { key: "sk-hidden" })] })
    expect(JSON.stringify(state)).not.toContain("sk-hidden")
    expect(Object.getOwnPropertyNames(state)).not.toContain("identities")
  })

  test("remembers the calls of all its pipelines, also those under way", async () => {
    const [clock, never] = [virtualClock(), new Promise<Response>(() => {})]
    const first = pipelineOver({ clock, fetch: answering().fetch })
    const { call } = answered(await first.call(plain()))
    const busy = pipelineOver({ clock, random: seededRandom(2), fetch: () => never, state: first.state })
    let underWay = ""
    busy.on({ name: "call-started" }, (data) => void (underWay = (data as { call: { id: string } }).call.id))
    const asked = busy.call(plain())
    const next = pipelineOver({ clock, state: first.state })
    await first.close()
    expect(next.explain(call.id)?.id).toBe(call.id)
    expect(next.explain(underWay)?.id).toBe(underWay)
    await busy.close()
    await asked
    expect(next.explain(underWay)?.trail.at(-1)).toMatchObject({ code: "pipeline-closed" })
  })
})

test("what a plugin has begun ends when one after it cannot be set up", () => {
  let signal: AbortSignal | undefined
  const beginning = plugin((services) => void (signal = services.signal), "beginning")
  const broken = plugin(() => {
    throw new Error("no license")
  }, "broken")
  expect(() => pipelineOver({ use: [beginning, broken] })).toThrow("no license")
  expect(signal?.aborted).toBe(true)
})
