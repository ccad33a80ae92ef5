import { describe, expect, test } from "vitest"
import { counted, stageOf } from "../test/stage.ts"

const down = { kind: "status", status: 500 } as const
const chat = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-4o",
}
const answered = { "gen_ai.response.model": "gpt-4o" }
const primary = { ...chat, ...answered, "server.address": "api.openai.com", "server.port": 443 }
const backup = { ...chat, "server.address": "relay.test", "server.port": 8443 }

describe("by the conventions 1.41", () => {
  test("a call has a duration, and a stream a time to its first chunk", async () => {
    const { clock, ask, measured } = stageOf({ primary: ["One two three."] })
    await ask({ stream: true })
    const metrics = await measured()
    const duration = counted(metrics.get("gen_ai.client.operation.duration"))
    expect(duration).toEqual([{ attributes: primary, count: 1, sum: clock.now() / 1_000 }])
    const [first] = counted(metrics.get("gen_ai.client.operation.time_to_first_chunk"))
    expect(first).toMatchObject({ attributes: primary, count: 1 })
    expect(first!.sum).toBeLessThan(duration[0]!.sum!)
    expect(metrics.get("gen_ai.client.operation.duration")).toMatchObject({
      descriptor: { unit: "s", advice: { explicitBucketBoundaries: expect.arrayContaining([0.01, 81.92]) } },
    })
    expect(metrics.has("gen_ai.client.operation.time_per_output_chunk"), "unless asked for").toBe(false)
  })

  test("a call that fails over is measured once, by who answered; one that fails has an error type", async () => {
    const { ask, measured } = stageOf({ primary: [down], backup: ["Hello.", down] })
    await ask()
    await ask()
    const metrics = await measured()
    expect(counted(metrics.get("gen_ai.client.operation.duration"))).toMatchObject([
      { attributes: { ...backup, ...answered }, count: 1 },
      { attributes: { ...backup, "error.type": "server-error" }, count: 1 },
    ])
    expect(metrics.has("gen_ai.client.operation.time_to_first_chunk"), "of streams alone").toBe(false)
  })

  test("tokens are told by type, of the attempt that used them", async () => {
    const { ask, measured } = stageOf({ primary: ["One two three."] })
    const { call } = await ask()
    const { input, output } = call.attempts[0]!.ending!.usage!
    expect(counted((await measured()).get("gen_ai.client.token.usage"))).toEqual([
      { attributes: { ...primary, "gen_ai.token.type": "input" }, count: 1, sum: input },
      { attributes: { ...primary, "gen_ai.token.type": "output" }, count: 1, sum: output },
    ])
  })

  test("the time between chunks is measured when asked for", async () => {
    const { clock, ask, measured } = stageOf({ primary: ["One two three."], options: { eachChunk: true } })
    await ask({ stream: true })
    const [gaps] = counted((await measured()).get("gen_ai.client.operation.time_per_output_chunk"))
    expect(gaps!.count).toBeGreaterThan(2)
    expect(gaps!.sum).toBeLessThanOrEqual(clock.now() / 1_000)
    expect({ ...gaps!.attributes, ...answered }).toEqual(primary)
  })
})

test("by the latest conventions inference has names of its own, and tokens are counters", async () => {
  const { ask, measured } = stageOf({ primary: ["One two three."], options: { semconv: "latest" } })
  const { call } = await ask({ stream: true, stream_options: { include_usage: true } })
  const { input, output } = call.attempts[0]!.ending!.usage!
  const metrics = await measured()
  expect([...metrics.keys()].toSorted()).toEqual([
    "gen_ai.client.inference.duration",
    "gen_ai.client.inference.operation.input_tokens",
    "gen_ai.client.inference.operation.output_tokens",
    "gen_ai.client.inference.time_to_first_chunk",
    "gen_ai.client.inference.usage.cache_read.input_tokens",
    "gen_ai.client.inference.usage.input_tokens",
    "gen_ai.client.inference.usage.output_tokens",
    "gen_ai.client.inference.usage.reasoning.output_tokens",
  ])
  expect(metrics.get("gen_ai.client.inference.usage.input_tokens")).toMatchObject({
    dataPoints: [{ attributes: primary, value: input }],
  })
  expect(counted(metrics.get("gen_ai.client.inference.operation.output_tokens"))[0]!.sum).toBe(output)
})

test("by the latest conventions embeddings have names of their own, too", async () => {
  const { ask, measured } = stageOf({
    primary: ["One two three."],
    options: { semconv: "latest" },
    path: "/embeddings",
  })
  await ask()
  expect([...(await measured()).keys()].toSorted()).toEqual([
    "gen_ai.client.embeddings.duration",
    "gen_ai.client.embeddings.operation.input_tokens",
  ])
})

test("of an operation without a name in the conventions the duration is measured by ours", async () => {
  const { ask, measured } = stageOf({ options: { semconv: "latest" }, path: "/moderations" })
  await ask()
  const [duration] = counted((await measured()).get("gen_ai.client.operation.duration"))
  expect(duration!.attributes["gen_ai.operation.name"]).toBe("moderations")
})
