import { withPipeline } from "@bellwether/openai"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { ScriptedProviderOptions } from "@bellwether/testing"
import { bellwether } from "bellwether"
import { describe, expect, test } from "vitest"
import { sdks } from "./openai/sdks.ts"
import type { Sdk } from "./openai/sdks.ts"

const hourMs = 3_600_000

const question = {
  model: "gpt-4o",
  messages: [{ role: "user" as const, content: "Why do sheep follow a bell?" }],
}

/** The SDK over the default stack over two providers, all of it in virtual time. */
function openWorld({ OpenAI }: Sdk, primaryOptions: Partial<ScriptedProviderOptions> = {}) {
  const clock = virtualClock()
  const primary = scriptedProvider({
    clock,
    origin: "https://primary.test",
    answer: () => "from the primary",
    ...primaryOptions,
  })
  const backup = scriptedProvider({ clock, origin: "https://backup.test", answer: () => "from the backup" })
  const pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "key-a" },
      { id: "backup", baseURL: backup.baseURL, key: "key-b" },
    ],
    fetch: scriptedFetch(primary, backup),
    health: false,
    clock,
    random: seededRandom(1),
  })
  return { clock, primary, backup, pipeline, client: new OpenAI(withPipeline(pipeline)) }
}

describe.each(sdks)("$name in virtual time", ({ sdk }) => {
  test("an hour of outage loses no call, and the primary is left alone but for probes", async () => {
    const { clock, primary, backup, pipeline, client } = openWorld(sdk)
    primary.inject({ kind: "error", error: "overloaded" }, { fromMs: 60_000, untilMs: 60_000 + hourMs })
    const texts: Promise<string | null | undefined>[] = []
    for (let atMs = 0; atMs < hourMs + 720_000; atMs += 10_000) {
      texts.push(client.chat.completions.create(question).then(({ choices }) => choices[0]?.message.content))
      await clock.advance(10_000)
    }
    const answers = await clock.runUntil(Promise.all(texts))
    const sinceMs = (fromMs: number) => answers.slice(fromMs / 10_000)
    expect(new Set(answers.slice(0, 6))).toEqual(new Set(["from the primary"]))
    expect(new Set(sinceMs(60_000).slice(0, 360))).toEqual(new Set(["from the backup"]))
    // The longest opening is half a minute; two probes must succeed.
    expect(new Set(sinceMs(hourMs + 60_000 + 60_000))).toEqual(new Set(["from the primary"]))
    expect(pipeline.metrics.snapshot()).toMatchObject({ total: answers.length, failed: 0 })
    const refused = primary.requests.filter(({ status }) => status !== 200).length
    expect(refused).toBeGreaterThanOrEqual(5)
    // A circuit stays open for 15 s at least once it has failed a few times.
    expect(refused).toBeLessThan(3_600 / 15)
    expect([clock.pending, primary.inFlight, backup.inFlight]).toEqual([0, 0, 0])
  })

  test("the pieces of a stream come when they are sent", async () => {
    const { clock, primary, client } = openWorld(sdk, { latencyMs: 300, tokensPerSecond: 10 })
    const read = async () => {
      const heard: (readonly [atMs: number, text: string])[] = []
      for await (const { choices } of await client.chat.completions.create({ ...question, stream: true }))
        if (choices[0]?.delta.content) heard.push([clock.now(), choices[0].delta.content])
      return heard
    }
    expect(await clock.runUntil(read())).toEqual([
      [400, "from"],
      [500, " the"],
      [600, " primary"],
    ])
    expect([clock.pending, primary.inFlight]).toEqual([0, 0])
  })

  test("a stream that goes silent before its first content is answered by the backup after 30 s", async () => {
    const script = [{ kind: "stream-stall", afterContent: 0 }] as const
    const { clock, primary, backup, client } = openWorld(sdk, { script })
    const read = async () => {
      let text = ""
      for await (const { choices } of await client.chat.completions.create({ ...question, stream: true }))
        text += choices[0]?.delta.content ?? ""
      return text
    }
    expect(await clock.runUntil(read())).toBe("from the backup")
    expect(primary.requests.map(({ endedAtMs }) => endedAtMs)).toEqual([30_000])
    // A move is spread a little, so that a crowd does not arrive at once.
    expect(backup.requests[0]?.startedAtMs).toBeLessThanOrEqual(30_050)
    expect(clock.pending).toBe(0)
  })

  test("a caller who gives up on a black hole is free at once, and so is the provider", async () => {
    const { clock, primary, backup, client } = openWorld(sdk, { script: [{ kind: "black-hole" }] })
    const controller = new AbortController()
    clock.after(5_000, () => controller.abort())
    const { signal } = controller
    const error: unknown = await clock.runUntil(
      client.chat.completions.create(question, { signal }).then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    expect(error).toBeInstanceOf(sdk.APIUserAbortError)
    expect(clock.now()).toBe(5_000)
    expect(primary.requests.map(({ ending, endedAtMs }) => [ending, endedAtMs])).toEqual([
      ["aborted-by-client", 5_000],
    ])
    expect(backup.requests).toEqual([])
    expect(clock.pending).toBe(0)
  })
})
