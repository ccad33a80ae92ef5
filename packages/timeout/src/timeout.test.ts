import { Alternative, AttemptEnded, Choice, createPipeline } from "@bellwether/core"
import type { Answer, CallResult, Ending, Plugin } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import type { Script } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { timeout } from "./index.ts"
import type { TimeoutOptions } from "./index.ts"

/** Moves a call on to the next endpoint when an attempt fails before its commit. */
const moveOn: Plugin = {
  name: "move-on",
  setup: () => ({
    async call(request, next, context) {
      const left = [...context.call.candidates]
      const moving = context.with(Alternative, () => left.length > 0)
      for (let target = left.shift(); target !== undefined; target = left.shift()) {
        const answer: Answer = await next(request, moving.with(Choice, { target, kind: "first" }))
        if (answer.ok || left.length === 0) return answer
      }
      throw new Error("There is always a last one.")
    },
  }),
}

interface WorldOptions {
  readonly options?: TimeoutOptions
  /** What the primary does. */
  readonly primary: Script
  /** Whether there is a backup, which is well. */
  readonly alone?: boolean
  readonly deadlineMs?: number
}

function build({ options, primary, alone = false, deadlineMs = 600_000 }: WorldOptions) {
  const clock = virtualClock()
  const models = ["gpt-4o", "o3"]
  const provider = scriptedProvider({ clock, models, origin: "https://primary.test", script: primary })
  const script = ["from the backup"]
  const backup = scriptedProvider({ clock, models, origin: "https://backup.test", script })
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: provider.baseURL, key: "secret" },
      ...(alone ? [] : [{ id: "backup", baseURL: backup.baseURL, key: "secret" }]),
    ],
    fetch: scriptedFetch(provider, backup),
    clock,
    deadlineMs,
    use: [moveOn, timeout(options)],
  })
  const endings: (Ending & { readonly atMs: number })[] = []
  pipeline.on(AttemptEnded, ({ ending }) => void endings.push({ ...ending, atMs: clock.now() }))
  const ask = (
    stream: boolean,
    model = "gpt-4o",
    signal?: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<CallResult> =>
    pipeline.call({
      method: "POST",
      path: "/chat/completions",
      headers,
      body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "Hi" }] }),
      ...(signal && { signal }),
    })
  return { clock, pipeline, provider, endings, ask }
}

const textOf = async (result: CallResult): Promise<string> => {
  if (!result.ok) throw result.error
  return result.response.text()
}

const hang = { kind: "black-hole" } as const
/** Role event, then comments for ever. */
const silentBeforeContent = { kind: "stream-stall", afterContent: 0, keepAliveEveryMs: 1_000 } as const
const silentAfterTwo = { kind: "stream-stall", afterContent: 2, keepAliveEveryMs: 1_000 } as const
const slow = (everyMs: number) => ({ kind: "stream-trickle", everyMs }) as const

describe("law 11: before the commit a limit cuts while another candidate is left", () => {
  test.each([
    ["headers that do not come", [hang], true, "headers-timeout", 30_000, "sent no headers within 30 s."],
    [
      "content that does not come, whatever else does",
      [silentBeforeContent],
      true,
      "first-content-timeout",
      30_000,
      "sent no content within 30 s.",
    ],
    [
      "a plain answer that does not come",
      [hang],
      false,
      "answer-timeout",
      120_000,
      "gave no complete answer within 120 s.",
    ],
  ] as const)("%s", async (_, primary, stream, code, cutAtMs, sentence) => {
    const { clock, endings, ask } = build({ primary })
    const text = await clock.runUntil(ask(stream).then(textOf))
    expect(text).toContain("backup")
    expect(endings[0]).toMatchObject({
      atMs: cutAtMs,
      health: "failure",
      failure: { class: "timeout", code, message: `primary/key-1 ${sentence}` },
    })
    expect(clock.pending).toBe(0)
  })

  test("a model that thinks first has longer", async () => {
    const { clock, endings, ask } = build({ primary: [silentBeforeContent] })
    await clock.runUntil(ask(true, "o3").then(textOf))
    expect(endings[0]).toMatchObject({ atMs: 120_000, failure: { code: "first-content-timeout" } })
  })

  test.each([
    ["a stream", true, 20_000],
    ["a plain answer", false, 60_000],
  ])(
    "of a short deadline %s that hangs gets half, which says nothing of its health",
    async (_, stream, deadlineMs) => {
      const { clock, endings, ask } = build({ primary: [hang], deadlineMs })
      const text = await clock.runUntil(ask(stream).then(textOf))
      expect(text).toContain("backup")
      expect(endings).toMatchObject([
        { atMs: deadlineMs / 2, health: "neutral", failure: { code: "deadline-share-timeout" } },
        { health: "success" },
      ])
      expect(clock.pending).toBe(0)
    },
  )

  test("the last candidate keeps all of a short deadline, and its own limits", async () => {
    const { clock, endings, ask } = build({ primary: [slow(15_000)], alone: true, deadlineMs: 40_000 })
    await clock.runUntil(ask(true).then(textOf))
    expect(endings).toMatchObject([{ health: "success" }])
  })

  test("the last candidate gets the rest of the deadline, and its health the blame", async () => {
    const { clock, endings, ask } = build({
      primary: [slow(45_000)],
      alone: true,
      options: { idleMs: 60_000 },
    })
    const text = await clock.runUntil(ask(true).then(textOf))
    expect(text).toContain("[DONE]")
    expect(endings).toMatchObject([{ health: "failure" }])
    expect(endings[0]?.failure).toBeUndefined()
    expect(clock.pending).toBe(0)
  })

  test("the last of several is not cut either", async () => {
    const { clock, endings, ask } = build({ primary: [hang] })
    const result = await clock.runUntil(ask(true))
    expect(result.ok).toBe(true)
    expect(endings).toHaveLength(1)
  })

  test("a sole endpoint that hangs is ended by the call's deadline alone", async () => {
    const { clock, endings, ask } = build({ primary: [hang], alone: true })
    const result = await clock.runUntil(ask(true))
    expect(result.ok ? "answered" : result.failure.code).toBe("deadline-exceeded")
    expect(endings).toMatchObject([{ atMs: 600_000, health: "failure" }])
    expect(clock.pending).toBe(0)
  })

  test("whether another is left is judged when the limit fires", async () => {
    let isLeft = true
    const fickle: Plugin = {
      name: "fickle",
      setup: () => ({
        call: (request, next, context) =>
          next(
            request,
            context.with(Alternative, () => isLeft),
          ),
      }),
    }
    const clock = virtualClock()
    const provider = scriptedProvider({ clock, latencyMs: 40_000, script: ["late, but here"] })
    const pipeline = createPipeline({
      endpoints: [{ id: "primary", baseURL: provider.baseURL, key: "secret" }],
      fetch: provider.fetch,
      clock,
      use: [fickle, timeout({ answerMs: 30_000 })],
    })
    const body = JSON.stringify({ model: "gpt-4o", messages: [] })
    const asking = pipeline.call({ method: "POST", path: "/chat/completions", body })
    await clock.advance(29_999)
    isLeft = false
    expect(await clock.runUntil(asking.then(textOf))).toContain("late, but here")
  })
})

describe("limits of a single call", () => {
  test("come before those of its model", async () => {
    const options = { models: { o3: { firstContentMs: 90_000 } } }
    const { clock, endings, ask } = build({ options, primary: [silentBeforeContent, silentBeforeContent] })
    const own = ask(true, "o3", undefined, { "x-bellwether-first-content-ms": "7000" })
    await clock.runUntil(own.then(textOf))
    expect(endings[0]).toMatchObject({ atMs: 7_000, failure: { code: "first-content-timeout" } })
    await clock.runUntil(ask(true, "o3").then(textOf))
    expect(endings[2]).toMatchObject({ atMs: 97_000, failure: { code: "first-content-timeout" } })
  })

  test("are refused where they are no times", async () => {
    const { ask } = build({ primary: ["never asked"] })
    const result = await ask(true, "o3", undefined, { "x-bellwether-idle-ms": "soon" })
    expect(result).toMatchObject({ ok: false, failure: { class: "caller-fault", code: "invalid-hint" } })
  })
})

describe("law 11: after the commit silence cuts, candidate or not", () => {
  test.each([true, false])("an answer that stops, though comments go on; alone: %s", async (alone) => {
    const { clock, endings, ask } = build({ primary: [silentAfterTwo], alone })
    const result = await clock.runUntil(ask(true))
    const committedAtMs = clock.now()
    const error = await clock.runUntil(textOf(result).catch((error: unknown) => error))
    expect(error).toMatchObject({
      code: "idle-timeout",
      message: "primary/key-1 stopped in the middle of its answer and sent nothing for 30 s.",
    })
    expect(endings).toMatchObject([{ health: "failure", failure: { class: "timeout" } }])
    expect(clock.now() - committedAtMs).toBe(30_000)
    expect(clock.pending).toBe(0)
  })

  test("slow but steady content goes on for as long as it takes", async () => {
    const words = "one two three four five six seven eight nine ten"
    const { clock, endings, ask } = build({ primary: [{ says: words, faults: [slow(29_999)] }] })
    expect(await clock.runUntil(ask(true).then(textOf))).toContain("ten")
    expect(clock.now()).toBeGreaterThan(270_000)
    expect(endings).toMatchObject([{ health: "success" }])
  })

  test("a caller who takes a break is not the provider's silence", async () => {
    const { clock, endings, ask } = build({ primary: [{ says: "one two three", faults: [slow(20_000)] }] })
    const result = await clock.runUntil(ask(true))
    if (!result.ok) throw result.error
    const reader = result.response.body!.getReader()
    let chunk = await clock.runUntil(reader.read())
    while (!chunk.done) {
      await clock.advance(3_600_000)
      chunk = await clock.runUntil(reader.read())
    }
    expect(endings).toMatchObject([{ health: "success" }])
    expect(clock.pending).toBe(0)
  })

  test("a limit that passed before the commit does not keep the idle limit from cutting after it", async () => {
    const late = { says: "one two three four", faults: [slow(45_000)] }
    const { clock, ask } = build({ primary: [late], alone: true })
    const error = await clock.runUntil(
      ask(true)
        .then(textOf)
        .catch((error: unknown) => error),
    )
    expect(error).toMatchObject({ code: "idle-timeout" })
    expect(clock.now()).toBe(75_000)
  })
})

describe("law 1: a total is only there if asked for", () => {
  const steady = { says: "one two three four five six seven eight", faults: [slow(20_000)] }

  test("then it cuts an answer that takes too long, in the middle too", async () => {
    const { clock, ask } = build({ primary: [steady], options: { totalMs: 50_000 }, alone: true })
    const error = await clock.runUntil(
      ask(true)
        .then(textOf)
        .catch((error: unknown) => error),
    )
    expect(error).toMatchObject({ code: "total-timeout", message: "primary/key-1 was not done within 50 s." })
    expect(clock.now()).toBe(50_000)
    expect(clock.pending).toBe(0)
  })

  test("also when another limit had passed before, and nobody is reading", async () => {
    const late = { says: "one two three", faults: [slow(35_000)] }
    const { clock, ask, endings } = build({ primary: [late], options: { totalMs: 40_000 }, alone: true })
    await clock.runUntil(ask(true))
    await clock.run()
    expect(endings).toMatchObject([{ atMs: 40_000, failure: { code: "total-timeout" } }])
  })

  test("and before the commit it cuts what can be replaced", async () => {
    const { clock, endings, ask } = build({ primary: [hang], options: { totalMs: 10_000 } })
    expect(await clock.runUntil(ask(true).then(textOf))).toContain("backup")
    expect(endings[0]).toMatchObject({ atMs: 10_000, failure: { code: "total-timeout" } })
  })

  test("passed by the last candidate before its commit, it does not cut the answer that comes after all", async () => {
    const late = { says: "one two three", faults: [slow(20_000)] }
    const { clock, ask } = build({ primary: [late], options: { totalMs: 10_000 }, alone: true })
    expect(await clock.runUntil(ask(true).then(textOf))).toContain("[DONE]")
    expect(clock.pending).toBe(0)
  })
})

test("no message reads like an SDK's own timeout", async () => {
  const messages = []
  for (const primary of [hang, silentBeforeContent])
    for (const stream of [true, false]) {
      const { clock, endings, ask } = build({ primary: [primary], options: { totalMs: 125_000 } })
      await clock.runUntil(ask(stream).then(textOf))
      messages.push(...endings.flatMap(({ failure }) => failure?.message ?? []))
    }
  expect(messages).toHaveLength(3)
  for (const message of messages) expect(message).not.toMatch(/timed? ?-?out/i)
})

test.each([
  ["an answer", ["fine"], false],
  ["a stream", ["fine"], true],
  ["an error status", [{ kind: "status", status: 500 }], true],
  ["a reset", [{ kind: "connection-reset" }], true],
  ["a stream cut before its content", [{ kind: "stream-cut", afterContent: 0 }], true],
  ["a stream cut after its content", [{ kind: "stream-cut", afterContent: 1 }], true],
])("no timer is left after %s", async (_, primary, stream) => {
  const { clock, ask } = build({ primary: primary as Script, options: { totalMs: 500_000 }, alone: true })
  await clock.runUntil(
    ask(stream)
      .then(textOf)
      .catch(() => {}),
  )
  const startedAtMs = clock.now()
  await clock.run()
  expect(clock.now() - startedAtMs).toBeLessThan(5_000)
  expect(clock.pending).toBe(0)
})

test("no timer is left when the caller gives up, before the commit or after it", async () => {
  for (const primary of [hang, silentAfterTwo]) {
    const { clock, ask } = build({ primary: [primary] })
    const caller = new AbortController()
    const asking = ask(true, "gpt-4o", caller.signal)
      .then(textOf)
      .catch(() => {})
    await clock.advance(5_000)
    caller.abort()
    await asking
    expect(clock.pending).toBe(0)
  }
})
