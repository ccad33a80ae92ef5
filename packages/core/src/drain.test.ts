import { getEventListeners } from "node:events"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { eventStream, fed, recording } from "../test/answers.ts"
import { answered, endpoint, pipelineOver } from "../test/pipelines.ts"
import { chatStream, contentOf, preambleOf, samples, streamed } from "../test/streams.ts"
import type { SampleStream } from "../test/streams.ts"
import type { Lease } from "./admission.ts"
import { Excluded } from "./context.ts"
import type { CallEnding, Ending } from "./ending.ts"
import { AttemptEnded, CallEnded } from "./events.ts"
import type { Plugin } from "./plugin.ts"

const drainMs = 2_000

const begun = (sample: SampleStream): string => preambleOf(sample) + contentOf(sample)
const rest = (sample: SampleStream): string => sample.events.slice(sample.content + 1).join("")

/** A caller who has read the first content of a stream. */
async function reading(sample: SampleStream, more: { readonly drainMs?: number } = { drainMs }) {
  const clock = virtualClock()
  const body = fed()
  const { fetch, requests } = recording(() => eventStream(body.stream))
  const told: string[] = []
  const leases: Ending[] = []
  const endings: { attempt?: Ending; call?: CallEnding } = {}
  const leasing: Plugin = {
    name: "leasing",
    setup: () => ({
      admit: {
        peek: () => ({ status: "available" }),
        take: (): Lease => ({ end: (ending) => void leases.push(ending) }),
      },
    }),
  }
  const pipeline = pipelineOver({ clock, fetch, endpoints: [endpoint("a", more)], use: [leasing] })
  pipeline.on(AttemptEnded, ({ ending }) => {
    told.push("attempt")
    endings.attempt = ending
  })
  pipeline.on(CallEnded, ({ ending }) => {
    told.push("call")
    endings.call = ending
  })
  const controller = new AbortController()
  const { body: sent } = streamed(sample.path)
  const init = { method: "POST", body: sent as string, signal: controller.signal }
  body.push(begun(sample))
  const response = await pipeline.fetch(sample.path, init)
  const reader = response.body!.getReader()
  await reader.read()
  return {
    clock,
    body,
    pipeline,
    reader,
    endings,
    told,
    leases,
    abort: () => controller.abort(),
    signalSent: () => requests[0]!.signal,
    left: () => ({ timers: clock.pending, listeners: getEventListeners(controller.signal, "abort").length }),
  }
}

const nothing = { timers: 0, listeners: 0 }

describe.each(samples)("a $grammar stream that the caller gives up", (sample) => {
  const usage = { input: 3, output: 2, estimated: false }

  test("by a break is read on for its usage", async () => {
    const { clock, body, reader, endings, told, leases, left } = await reading(sample)
    await reader.cancel()
    await clock.advance(1)
    expect({ told, leases, isCancelled: body.isCancelled }).toEqual({
      told: [],
      leases: [],
      isCancelled: false,
    })
    body.push(rest(sample))
    body.end()
    await clock.advance(1)
    expect(told).toEqual(["attempt", "call"])
    expect(endings.attempt?.usage).toMatchObject(usage)
    expect(leases).toEqual([endings.attempt])
    expect(endings.call).toMatchObject({
      failure: { class: "cancelled" },
      attempts: [{ ending: endings.attempt }],
    })
    expect(left()).toEqual(nothing)
  })

  test("by an abort is read on for its usage, while the caller sees the abort at once", async () => {
    const { clock, body, reader, abort, endings, signalSent, left } = await reading(sample)
    const next = reader.read()
    abort()
    await expect(next).rejects.toMatchObject({ name: "AbortError" })
    expect(signalSent().aborted).toBe(false)
    body.push(rest(sample))
    body.end()
    await clock.advance(1)
    expect(endings.attempt?.usage).toMatchObject(usage)
    expect(endings.call?.failure?.class).toBe("cancelled")
    expect(left()).toEqual(nothing)
  })
})

describe("a drain", () => {
  test("lasts no longer than its endpoint says; then the usage is estimated", async () => {
    const { clock, body, reader, endings, leases, signalSent, left } = await reading(chatStream)
    await reader.cancel()
    await clock.advance(drainMs - 1)
    expect({ leases, isCancelled: body.isCancelled }).toEqual({ leases: [], isCancelled: false })
    await clock.advance(1)
    expect(endings.attempt).toMatchObject({ failure: { class: "cancelled" }, health: "neutral" })
    expect(endings.attempt?.usage?.estimated).toBe(true)
    expect(leases).toHaveLength(1)
    expect({ isCancelled: body.isCancelled, isAborted: signalSent().aborted }).toEqual({
      isCancelled: true,
      isAborted: true,
    })
    expect(left()).toEqual(nothing)
  })

  test.each(["a reset", "an error event"])("that meets %s learns nothing of the endpoint", async (what) => {
    const { clock, body, reader, endings, left } = await reading(chatStream)
    await reader.cancel()
    if (what === "a reset") body.break()
    else body.push('data: {"error":{"message":"overloaded"}}\n\n')
    await clock.advance(1)
    expect(endings.attempt).toMatchObject({ failure: { class: "cancelled" }, health: "neutral" })
    expect(endings.call?.failure?.class).toBe("cancelled")
    expect(left()).toEqual(nothing)
  })

  test("ends when the pipeline closes", async () => {
    const { clock, body, pipeline, reader, endings, leases, left } = await reading(chatStream)
    await reader.cancel()
    await pipeline.close()
    await clock.advance(0)
    expect(endings.attempt?.failure?.class).toBe("cancelled")
    expect(endings.call?.failure?.class).toBe("cancelled")
    expect(leases).toHaveLength(1)
    expect(body.isCancelled).toBe(true)
    expect(left()).toEqual(nothing)
  })

  test("goes on when the caller who broke off aborts as well", async () => {
    const { clock, body, reader, abort, endings, left } = await reading(chatStream)
    await reader.cancel()
    abort()
    body.push(rest(chatStream))
    body.end()
    await clock.advance(1)
    expect(endings.attempt?.usage?.estimated).toBe(false)
    expect(left()).toEqual(nothing)
  })

  test("waits for the usage also when nothing of the answer was missing any more", async () => {
    const { clock, body, reader, endings } = await reading(chatStream)
    const { events, content, complete } = chatStream
    body.push(events.slice(content + 1, complete + 1).join(""))
    await reader.read()
    await reader.cancel()
    body.push(events.slice(complete + 1).join(""))
    await clock.advance(1)
    expect(endings.attempt).toMatchObject({ health: "success", usage: { output: 2, estimated: false } })
    expect(endings.call?.failure).toBeUndefined()
  })

  test("is none where the endpoint wants none", async () => {
    const { body, reader, endings, leases, left } = await reading(chatStream, {})
    await reader.cancel()
    expect(endings.attempt?.usage?.estimated).toBe(true)
    expect(leases).toHaveLength(1)
    expect(body.isCancelled).toBe(true)
    expect(left()).toEqual(nothing)
  })

  test("is none of an answer that another one was preferred to", async () => {
    const clock = virtualClock()
    const bodies = [fed(), fed()]
    const { fetch } = recording((_, index) => eventStream(bodies[index]!.stream))
    const both: Plugin = {
      name: "both",
      setup: () => ({
        async call(request, next, context) {
          const second = context.with(Excluded, new Set(["a/key-1"]))
          const [answer] = await Promise.all([next(request, context), next(request, second)])
          return answer
        },
      }),
    }
    const endpoints = [endpoint("a", { drainMs }), endpoint("b", { drainMs })]
    const pipeline = pipelineOver({ clock, fetch, endpoints, use: [both] })
    for (const body of bodies) body.push(begun(chatStream))
    const { response } = answered(await pipeline.call(streamed()))
    expect(bodies.map(({ isCancelled }) => isCancelled)).toEqual([false, true])
    await response.body!.cancel()
    expect(bodies.map(({ isCancelled }) => isCancelled)).toEqual([false, true])
    await pipeline.close()
    expect(bodies.map(({ isCancelled }) => isCancelled)).toEqual([true, true])
  })

  test("is none of an attempt that has not begun to answer", async () => {
    const clock = virtualClock()
    const body = fed()
    const { fetch, requests } = recording(() => eventStream(body.stream))
    const pipeline = pipelineOver({ clock, fetch, endpoints: [endpoint("a", { drainMs })] })
    const controller = new AbortController()
    body.push(preambleOf(chatStream))
    const call = pipeline.call(streamed(undefined, { signal: controller.signal }))
    await clock.advance(1)
    controller.abort()
    await call
    expect({ isCancelled: body.isCancelled, isAborted: requests[0]!.signal.aborted }).toEqual({
      isCancelled: true,
      isAborted: true,
    })
    expect(clock.pending).toBe(0)
  })
})
