import { getEventListeners } from "node:events"
import { virtualClock } from "@bellwether/testing"
import type { VirtualClock } from "@bellwether/testing"
import fc from "fast-check"
import { expect, test } from "vitest"
import { bytes, eventStream, reset } from "../test/answers.ts"
import { endpoint, failover, pipelineOver } from "../test/pipelines.ts"
import { chatAnswer, chatStream, streamed } from "../test/streams.ts"
import { Excluded } from "./context.ts"
import { AttemptEnded, AttemptStarted, CallEnded, CallStarted } from "./events.ts"
import type { Plugin } from "./plugin.ts"
import { seededRandom } from "./random.ts"
import type { Fetch } from "./transport.ts"

/** What a provider does with one request. */
const behaviour = fc.record({
  delayMs: fc.nat(30),
  kind: fc.constantFrom("stream", "json", "500", "429", "throws", "hangs", "ignores its signal"),
  /** Events of the stream that come, one every so many milliseconds. */
  events: fc.nat(chatStream.events.length),
  pauseMs: fc.nat(20),
  end: fc.constantFrom("ends", "breaks", "hangs"),
})

/** What a caller does with one call. */
const caller = fc.record({
  startMs: fc.nat(50),
  abortMs: fc.option(fc.nat(200)),
  reads: fc.constantFrom("all", "one piece", "cancels", "nothing"),
  deadlineMs: fc.integer({ min: 1, max: 200 }),
})

/** How many pieces a caller reads. */
const wanted = { all: Infinity, "one piece": 1, cancels: 0, nothing: 0 } as const

const moods = ["well", "throws", "hangs", "goes on twice", "leaves one behind", "rejects its answer"] as const

type Behaviour = typeof behaviour extends fc.Arbitrary<infer T> ? T : never

/** A provider that follows a list of behaviours, and counts the bodies it has open. */
function provider(clock: VirtualClock, behaviours: readonly Behaviour[]) {
  const open = new Set<object>()
  let requests = 0

  function body(
    { events, pauseMs, end }: Behaviour,
    signal: AbortSignal,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const token = {}
    open.add(token)
    let sent = 0
    return new ReadableStream(
      {
        start(controller) {
          signal.addEventListener("abort", () => open.delete(token) && controller.error(signal.reason))
        },
        async pull(controller) {
          await clock.sleep(pauseMs, signal).catch(() => {})
          if (!open.has(token)) return undefined
          if (sent < events) return controller.enqueue(bytes(chatStream.events[sent++]!))
          if (end === "hangs") return new Promise(() => {})
          open.delete(token)
          return end === "ends" ? controller.close() : controller.error(reset())
        },
        cancel: () => void open.delete(token),
      },
      { highWaterMark: 0 },
    )
  }

  const fetch: Fetch = async (_, init) => {
    const plan = behaviours[requests++ % behaviours.length]!
    const signal = init.signal!
    if (plan.kind === "ignores its signal") return new Promise(() => {})
    await clock.sleep(plan.delayMs, signal)
    switch (plan.kind) {
      case "stream":
        return eventStream(body(plan, signal))
      case "json":
        return Response.json(chatAnswer)
      case "throws":
        throw reset()
      case "hangs":
        return clock.sleep(100_000, signal).then(() => new Response(null))
      default:
        return new Response("{}", { status: Number(plan.kind) })
    }
  }
  return { fetch, open }
}

/** A plugin in a mood for each call. */
const moody = (list: readonly (typeof moods)[number][]): Plugin => {
  let calls = 0
  return {
    name: "moody",
    setup: ({ clock }) => ({
      async call(request, next, context) {
        const other = context.with(Excluded, new Set(["a/key-1"]))
        switch (list[calls++ % list.length]) {
          case "throws":
            await next(request, context)
            throw new Error("mood")
          case "hangs":
            await clock.sleep(100_000, context.signal)
            return next(request, context)
          case "goes on twice":
            return (await Promise.all([next(request, context), next(request, other)]))[1]
          case "leaves one behind":
            void next(request, context)
            return next(request, other)
          case "rejects its answer":
            await next(request, context)
            return next(request, other)
          default:
            return next(request, context)
        }
      },
    }),
  }
}

test("whatever providers, plugins and callers do, everything that began ends once and nothing is left behind", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(behaviour, { minLength: 1, maxLength: 4 }),
      fc.array(caller, { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom(...moods), { minLength: 1, maxLength: 3 }),
      async (behaviours, callers, plan) => {
        const clock = virtualClock()
        const { fetch, open } = provider(clock, behaviours)
        const counts = new Map<string, number>()
        const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
        let leases = 0
        const leasing: Plugin = {
          name: "leasing",
          setup: () => ({
            admit: {
              take() {
                const name = `lease ${leases++}`
                count(`${name} begins`)
                return { committed: () => count(`${name} commits`), end: () => count(`${name} ends`) }
              },
            },
          }),
        }
        const pipeline = pipelineOver({
          clock,
          random: seededRandom(1),
          endpoints: [endpoint("a"), endpoint("b")],
          use: [moody(plan), failover, leasing],
          fetch,
        })
        pipeline.on(CallStarted, ({ call }) => count(`call ${call.id} begins`))
        pipeline.on(CallEnded, ({ call }) => count(`call ${call.id} ends`))
        pipeline.on(AttemptStarted, ({ attempt }) => count(`attempt ${attempt.id} begins`))
        pipeline.on(AttemptEnded, ({ attempt }) => count(`attempt ${attempt.id} ends`))

        const controllers = callers.map(() => new AbortController())
        const clean: string[] = []
        const made = callers.map(async ({ startMs, abortMs, reads, deadlineMs }, index) => {
          const { signal } = controllers[index]!
          await clock.sleep(startMs)
          if (abortMs !== null) clock.after(abortMs, () => controllers[index]!.abort())
          const result = await pipeline.call(streamed(undefined, { signal, deadlineMs }))
          if (!result.ok) return
          const reader = result.response.body!.getReader()
          try {
            if (reads === "cancels") return await reader.cancel()
            let text = ""
            for (let left = wanted[reads]; left > 0; left--) {
              const { done, value } = await reader.read()
              if (done) return void clean.push(text)
              text += Buffer.from(value).toString()
            }
            // A caller who keeps an answer unread keeps it open: that is its own doing.
            await clock.sleep(10_000)
            await reader.cancel()
          } catch {
            // How it fails is told elsewhere; here it matters that it ends.
          }
        })
        await clock.runUntil(Promise.race([Promise.all(made), clock.sleep(20_000)]))
        await pipeline.close()
        await clock.advance(5000)

        for (const [name, times] of counts) expect([name, times]).toEqual([name, 1])
        const begun = [...counts.keys()].filter((name) => name.endsWith(" begins"))
        for (const name of begun) expect([...counts.keys()]).toContain(name.replace(" begins", " ends"))
        for (const text of clean) expect(text).toMatch(/"finish_reason":"stop"|\[DONE\]/)
        expect(open.size).toBe(0)
        for (const { signal } of controllers) expect(getEventListeners(signal, "abort")).toHaveLength(0)
      },
    ),
    { numRuns: 100 },
  )
})
