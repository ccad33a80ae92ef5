import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, fed, recording, reset, silent } from "../test/answers.ts"
import type { SentRequest } from "../test/answers.ts"
import { answered, endpoint, failover, keyless, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, streamed } from "../test/streams.ts"
import type { Admission, Lease } from "./admission.ts"
import { Choice, Excluded, Purpose } from "./context.ts"
import type { Ending } from "./ending.ts"
import { ListenerFailed } from "./event.ts"
import { AttemptStarted, CallEnded, TargetRefused } from "./events.ts"
import type { CallResult } from "./pipeline.ts"
import type { Plugin } from "./plugin.ts"
import { available } from "./verdict.ts"
import type { Verdict } from "./verdict.ts"

const admitting = (name: string, admit: Admission): Plugin => ({ name, setup: () => ({ admit }) })
const answering = () => recording(() => Response.json(chatAnswer))
const twoEndpoints = { endpoints: [endpoint("a"), endpoint("b")] }
const full: Verdict = { status: "unavailable", reason: "the house is full", untilMs: 5000 }

/** An admission that lends and keeps the books. */
function lender(name = "lender") {
  const leases: { committed: number; endings: Ending[] }[] = []
  const admission: Admission = {
    take() {
      const lease = { committed: 0, endings: [] as Ending[] }
      leases.push(lease)
      return {
        committed: () => void lease.committed++,
        end: (ending) => void lease.endings.push(ending),
      }
    },
  }
  return { plugin: admitting(name, admission), leases }
}

describe("dispatch without a router", () => {
  test("takes targets in the order they are declared, those excluded left out", async () => {
    const { fetch, requests } = answering()
    const pipeline = pipelineOver({
      clock: virtualClock(),
      endpoints: [endpoint("a"), keyless("b", { keys: ["sk-1", "sk-2"] }), endpoint("c")],
      use: [
        {
          name: "walk",
          setup: () => ({
            async call(request, next, context) {
              const tried = new Set<string>()
              for (let turn = 0; turn < 4; turn++) {
                const answer = await next(request, context.with(Excluded, new Set(tried)))
                if (answer.attempt) tried.add(answer.attempt.target.id)
              }
              return next(request, context.with(Excluded, tried))
            },
          }),
        },
      ],
      fetch,
    })
    const { failure, call } = refused(await pipeline.call(plain()))
    expect(call.attempts.map(({ target }) => target.id)).toEqual(["a/key-1", "b/key-1", "b/key-2", "c/key-1"])
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer sk-a",
      "Bearer sk-1",
      "Bearer sk-2",
      "Bearer sk-c",
    ])
    expect(failure.code).toBe("no-target")
  })

  test("makes the attempt a router has chosen", async () => {
    const { fetch, requests } = answering()
    const router: Plugin = {
      name: "router",
      setup: () => ({
        call: (request, next, context) =>
          next(request, context.with(Choice, { target: context.call.candidates[1]!, kind: "panic" })),
      }),
    }
    const pipeline = pipelineOver({ clock: virtualClock(), ...twoEndpoints, use: [router], fetch })
    const { call } = answered(await pipeline.call(plain()))
    expect(call.attempts[0]).toMatchObject({ number: 1, kind: "panic", target: { id: "b/key-1" } })
    expect(requests[0]?.url).toContain("https://b.")
  })

  test("makes the kind of attempt that is wanted", async () => {
    const wanting: Plugin = {
      name: "wanting",
      setup: () => ({ call: (request, next, context) => next(request, context.with(Purpose, "repeat")) }),
    }
    const pipeline = pipelineOver({ clock: virtualClock(), use: [wanting], fetch: answering().fetch })
    expect(answered(await pipeline.call(plain())).call.attempts[0]?.kind).toBe("repeat")
  })

  test("makes no more attempts than the call may take", async () => {
    const { fetch, requests } = recording(() => new Response(null, { status: 500 }))
    const stubborn: Plugin = {
      name: "stubborn",
      setup: () => ({
        async call(request, next, context) {
          for (let turn = 0; turn < 9; turn++) await next(request, context)
          return next(request, context)
        },
      }),
    }
    const pipeline = pipelineOver({ clock: virtualClock(), use: [stubborn], attempts: 3, fetch })
    const { failure, call } = refused(await pipeline.call(plain()))
    expect(requests).toHaveLength(3)
    expect(call.attemptsLeft).toBe(0)
    expect(failure.code).toBe("attempts-spent")
  })
})

describe("an admission", () => {
  test("that refuses costs no attempt, and the next target is asked", async () => {
    const { fetch, requests } = answering()
    const refusals: string[] = []
    const door = admitting("door", { take: ({ target }) => (target.endpoint === "a" ? full : undefined) })
    const pipeline = pipelineOver({ clock: virtualClock(), ...twoEndpoints, use: [door], fetch })
    pipeline.on(TargetRefused, ({ source, target, verdict }) =>
      refusals.push(`${source} ${target.id} ${verdict.status}`),
    )
    const { call } = answered(await pipeline.call(plain()))
    expect(requests).toHaveLength(1)
    expect(call.attempts).toMatchObject([{ number: 1, target: { endpoint: "b" } }])
    expect(refusals).toEqual(["door a/key-1 unavailable"])
    expect(call.trail[0]).toEqual({
      atMs: 0,
      step: "target-refused",
      target: "a/key-1",
      reason: "the house is full",
    })
  })

  test("that refuses everything fails the call with its reason and its time", async () => {
    const { fetch, requests } = answering()
    const clock = virtualClock({ startMs: 1000 })
    const pipeline = pipelineOver({ clock, use: [admitting("door", { take: () => full })], fetch })
    const { failure, call, toResponse } = refused(await pipeline.call(plain()))
    expect(failure).toMatchObject({ class: "target-refused", retryAfterMs: 4000 })
    expect(failure.message).toContain("the house is full")
    expect(toResponse().headers.get("retry-after")).toBe("4")
    expect(requests).toHaveLength(0)
    expect(call.attempts).toHaveLength(0)
    expect(call.attemptsLeft).toBe(8)
  })

  test.each<[string, Admission["take"]]>([
    ["lends nothing", () => undefined],
    ["finds it available", () => available],
    ["finds it degraded", () => ({ status: "degraded", reason: "it is slow" })],
    [
      "throws",
      () => {
        throw new Error("admission bug")
      },
    ],
    ["answers with junk", () => "yes" as never],
    ["answers with null", () => null as never],
    ["lends an empty lease", () => ({}) as never],
  ])("that %s lets the attempt pass", async (_, take) => {
    const { fetch, requests } = answering()
    const { plugin, leases } = lender()
    const pipeline = pipelineOver({ clock: virtualClock(), use: [admitting("odd", { take }), plugin], fetch })
    answered(await pipeline.call(plain()))
    expect(requests).toHaveLength(1)
    expect(leases).toMatchObject([{ committed: 1, endings: [{ health: "success" }] }])
  })

  test("that throws is told of once, however many calls it throws at", async () => {
    const faults: string[] = []
    const thrower = admitting("thrower", {
      peek() {
        throw new Error("admission bug")
      },
      take() {
        throw new Error("admission bug")
      },
    })
    const pipeline = pipelineOver({ clock: virtualClock(), use: [thrower], fetch: answering().fetch })
    pipeline.on(ListenerFailed, ({ event }) => faults.push(event))
    for (let calls = 0; calls < 3; calls++) answered(await pipeline.call(plain()))
    expect(faults).toEqual(["thrower admission"])
  })

  test("that cancels the call while it is asked has no attempt begun behind it", async () => {
    const { fetch, requests } = answering()
    const controller = new AbortController()
    const { plugin, leases } = lender()
    const canceller = admitting("canceller", { take: () => void controller.abort() })
    const pipeline = pipelineOver({ clock: virtualClock(), use: [plugin, canceller], fetch })
    const result = await pipeline.call(plain(undefined, { signal: controller.signal }))
    expect(refused(result).failure.class).toBe("cancelled")
    expect(requests).toHaveLength(0)
    expect(leases).toMatchObject([{ endings: [{ failure: { class: "cancelled" }, health: "neutral" }] }])
  })
})

describe("law 5: a lease is committed at most once and ends exactly once", () => {
  interface Scene {
    readonly answer: (request: SentRequest) => Response | Promise<Response>
    /** What becomes of the call once it is made. */
    readonly afterwards?: (result: CallResult, abort: () => void) => Promise<unknown>
    readonly aborts?: boolean
    readonly deadlineMs?: number
  }

  const whole = chatStream.events.map(bytes)
  const begun = (): Response => {
    const body = fed()
    body.push(preambleOf(chatStream) + contentOf(chatStream))
    return eventStream(body.stream)
  }
  const read = (result: CallResult) =>
    result.ok ? result.response.text().catch(() => {}) : Promise.resolve()

  const scenes: [string, Scene, { committed: number; health: string }][] = [
    [
      "an answer read whole",
      { answer: () => eventStream(chunked(whole)), afterwards: read },
      { committed: 1, health: "success" },
    ],
    [
      "a broken JSON answer",
      { answer: () => Response.json(chatAnswer, { headers: { "content-type": "text/html" }, status: 500 }) },
      { committed: 0, health: "failure" },
    ],
    [
      "an error status",
      { answer: () => new Response("", { status: 429 }) },
      { committed: 0, health: "neutral" },
    ],
    [
      "a stream cut in its preamble",
      { answer: () => eventStream(chunked(whole.slice(0, 2))) },
      { committed: 0, health: "failure" },
    ],
    [
      "a stream cut after content",
      { answer: () => eventStream(chunked(whole.slice(0, 4))), afterwards: read },
      { committed: 1, health: "failure" },
    ],
    [
      "a reset after content",
      { answer: () => eventStream(chunked(whole.slice(0, 4), "breaks")), afterwards: read },
      { committed: 1, health: "failure" },
    ],
    [
      "a transport that throws",
      {
        answer: () => {
          throw reset()
        },
      },
      { committed: 0, health: "failure" },
    ],
    ["an abort before the headers", { answer: silent, aborts: true }, { committed: 0, health: "neutral" }],
    [
      "a deadline before the headers",
      { answer: () => new Promise(() => {}), deadlineMs: 100 },
      { committed: 0, health: "neutral" },
    ],
    [
      "a deadline in the preamble",
      { answer: () => eventStream(chunked(whole.slice(0, 2), "hangs")), deadlineMs: 100 },
      { committed: 0, health: "neutral" },
    ],
    [
      "an abort while the caller reads",
      {
        answer: begun,
        afterwards: async (result, abort) => {
          const text = read(result)
          abort()
          await text
        },
      },
      { committed: 1, health: "neutral" },
    ],
    [
      "an abort while nobody reads",
      { answer: begun, afterwards: async (_, abort) => abort() },
      { committed: 1, health: "neutral" },
    ],
    [
      "a cancelled body",
      {
        answer: begun,
        afterwards: async (result) => (result as { response: Response }).response.body!.cancel(),
      },
      { committed: 1, health: "neutral" },
    ],
  ]

  test.each(scenes)("after %s", async (_, { answer, afterwards, aborts, deadlineMs = 600_000 }, expected) => {
    const clock = virtualClock()
    const [first, second] = [lender("first"), lender("second")]
    const controller = new AbortController()
    const { fetch } = recording(answer)
    const pipeline = pipelineOver({ clock, use: [first.plugin, second.plugin], deadlineMs, fetch })
    const call = pipeline.call(streamed(undefined, { signal: controller.signal }))
    if (aborts) clock.after(10, () => controller.abort())
    const result = await clock.runUntil(call)
    await afterwards?.(result, () => controller.abort())
    for (const { leases } of [first, second])
      expect(leases).toEqual([
        { committed: expected.committed, endings: [expect.objectContaining({ health: expected.health })] },
      ])
    await clock.run()
    expect(clock.pending).toBe(0)
  })

  test("also when another admission refuses, and the attempt never began", async () => {
    const { plugin, leases } = lender()
    const started: unknown[] = []
    const door = admitting("door", { take: ({ target }) => (target.endpoint === "a" ? full : undefined) })
    const pipeline = pipelineOver({
      clock: virtualClock(),
      ...twoEndpoints,
      use: [plugin, door],
      fetch: answering().fetch,
    })
    pipeline.on(AttemptStarted, ({ attempt }) => started.push(attempt.target.endpoint))
    answered(await pipeline.call(plain()))
    expect(started).toEqual(["b"])
    expect(leases).toMatchObject([
      { committed: 0, endings: [{ failure: { class: "target-refused" }, health: "neutral" }] },
      { committed: 1, endings: [{ health: "success" }] },
    ])
  })

  test("whatever another lease does", async () => {
    const { plugin, leases } = lender()
    const bad: Lease = {
      committed() {
        throw new Error("lease bug")
      },
      end() {
        throw new Error("lease bug")
      },
    }
    const door = admitting("door", { take: ({ target }) => (target.endpoint === "a" ? full : undefined) })
    const pipeline = pipelineOver({
      clock: virtualClock(),
      ...twoEndpoints,
      use: [admitting("bad", { take: () => bad }), plugin, door],
      fetch: answering().fetch,
    })
    answered(await pipeline.call(plain()))
    expect(leases).toMatchObject([
      { committed: 0, endings: [{}] },
      { committed: 1, endings: [{}] },
    ])
  })

  test("in that order, also when it fails its own attempt at the commit", async () => {
    const log: string[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [
        admitting("failing", {
          take: (attempt) => ({
            committed() {
              log.push("first committed")
              attempt.fail({ class: "timeout", code: "limit-passed", message: "A limit passed." })
            },
            end: () => void log.push("first ends"),
          }),
        }),
        admitting("plain", {
          take: () => ({
            committed: () => void log.push("second committed"),
            end: () => void log.push("second ends"),
          }),
        }),
      ],
      fetch: async () => eventStream(chunked(whole)),
    })
    await read(await pipeline.call(streamed()))
    expect(log.indexOf("second ends")).toBeGreaterThan(-1)
    expect(log.indexOf("second committed")).toBeLessThan(log.indexOf("second ends"))
  })

  test("when a provider of one's own cannot write the address", async () => {
    const { plugin, leases } = lender()
    const ends: unknown[] = []
    const provider = {
      name: "own",
      url(): never {
        throw new Error("address bug")
      },
      authorize: () => ({}),
    }
    const clock = virtualClock()
    const { fetch, requests } = answering()
    const alone = pipelineOver({ clock, endpoints: [endpoint("a", { provider })], use: [plugin], fetch })
    alone.on(CallEnded, ({ ending }) => ends.push(ending.failure?.class))
    const { failure, error } = refused(await alone.call(plain()))
    expect(failure).toMatchObject({ class: "unreachable", sameTarget: false })
    expect(error.cause).toEqual(new Error("address bug"))
    expect(leases).toMatchObject([{ committed: 0, endings: [{}] }])
    expect(ends).toEqual(["unreachable"])
    expect(requests).toHaveLength(0)
    expect(clock.pending).toBe(0)

    const two = pipelineOver({
      clock,
      endpoints: [endpoint("a", { provider }), endpoint("b")],
      use: [failover],
      fetch,
    })
    expect(answered(await two.call(plain())).call.attempts).toHaveLength(2)
  })
})
