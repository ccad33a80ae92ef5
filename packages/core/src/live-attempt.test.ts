import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, fed } from "../test/answers.ts"
import { answered, endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, streamed } from "../test/streams.ts"
import type { Attempt, AttemptObserver } from "./attempt.ts"
import type { Ending } from "./ending.ts"
import { ListenerFailed } from "./event.ts"
import { AttemptCommitted, AttemptEnded } from "./events.ts"
import type { Failure } from "./failure.ts"
import type { Plugin } from "./plugin.ts"
import type { Fetch } from "./transport.ts"

const limitPassed: Failure = { class: "timeout", code: "limit-passed", message: "A limit passed." }

/** A plugin that sees every attempt before it is sent. */
const watching = (watch: (attempt: Attempt) => void): Plugin => ({
  name: "watching",
  setup: () => ({
    attempt(request, next, context) {
      watch(context.attempt!)
      return next(request, context)
    },
  }),
})

const whole = bytes(chatStream.events.join(""))
const streaming: Fetch = async () => eventStream(chunked([whole]))

/** An observer that writes down what it is told. */
function recorder(log: string[], name = ""): AttemptObserver {
  const told = (moment: string) => (data?: unknown) =>
    void log.push(
      [name, moment, typeof data === "boolean" ? data : ""].filter((part) => part !== "").join(" "),
    )
  return {
    headers: told("headers"),
    content: told("content"),
    progress: told("progress"),
    commit: told("commit"),
    reading: told("reading"),
    end: told("end"),
  }
}

describe("an observer", () => {
  test("of a stream is told of each moment in order", async () => {
    const log: string[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [watching((attempt) => attempt.observe(recorder(log)))],
      fetch: async () => eventStream(chunked(chatStream.events.map(bytes))),
    })
    const { response } = answered(await pipeline.call(streamed()))
    expect(log).toEqual(["headers", "progress", "content", "commit", "progress"])
    log.length = 0
    await response.text()
    expect(log.filter((moment) => !moment.startsWith("reading"))).toEqual([
      "progress",
      "progress",
      "progress",
      "progress",
      "end",
    ])
  })

  test("of a whole answer is told of the same", async () => {
    const log: string[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [watching((attempt) => attempt.observe(recorder(log)))],
      fetch: async () => Response.json(chatAnswer),
    })
    await pipeline.call(plain())
    expect(log).toEqual(["headers", "progress", "content", "commit", "end"])
  })

  test("is told when the caller waits for more and when it has it", async () => {
    const log: string[] = []
    const body = fed()
    const clock = virtualClock()
    const pipeline = pipelineOver({
      clock,
      use: [
        watching((attempt) => attempt.observe({ reading: (on) => void log.push(on ? "waits" : "has it") })),
      ],
      fetch: async () => eventStream(body.stream),
    })
    body.push(preambleOf(chatStream) + contentOf(chatStream))
    const reader = answered(await pipeline.call(streamed())).response.body!.getReader()
    await reader.read()
    expect(log).toEqual([])
    const next = reader.read()
    await clock.advance(60_000)
    expect(log).toEqual(["waits"])
    body.push(chatStream.events[chatStream.content + 1]!)
    await next
    await clock.advance(60_000)
    expect(log).toEqual(["waits", "has it"])
    await reader.cancel()
  })

  test("that comes late is told at once of what has happened, and of the rest once", async () => {
    const log: string[] = []
    const late: Plugin = {
      name: "late",
      setup: () => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          answer.attempt?.observe(recorder(log))
          return answer
        },
      }),
    }
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [late],
      fetch: async () => Response.json(chatAnswer),
    })
    await pipeline.call(plain())
    expect(log).toEqual(["headers", "content", "commit", "end"])
  })

  test("that is added by another in the middle of a moment hears it once", async () => {
    const log: string[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [
        watching((attempt) =>
          attempt.observe({
            headers: () => attempt.observe(recorder(log, "at headers")),
            commit: () => attempt.observe(recorder(log, "at commit")),
            end: () => attempt.observe(recorder(log, "at end")),
          }),
        ),
      ],
      fetch: async () => Response.json(chatAnswer),
    })
    await pipeline.call(plain())
    for (const late of ["at headers", "at commit", "at end"])
      for (const moment of ["headers", "content", "commit", "end"])
        expect(log.filter((entry) => entry === `${late} ${moment}`)).toHaveLength(1)
  })

  test("that throws, everywhere, changes nothing and is told of", async () => {
    const faults: string[] = []
    const fail = (): never => {
      throw new Error("observer bug")
    }
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [
        watching((attempt) =>
          attempt.observe({
            headers: fail,
            content: fail,
            progress: fail,
            commit: fail,
            reading: fail,
            end: fail,
          }),
        ),
      ],
      fetch: streaming,
    })
    pipeline.on(ListenerFailed, ({ event }) => faults.push(event))
    expect(await answered(await pipeline.call(streamed())).response.text()).toBe(chatStream.events.join(""))
    expect(faults.length).toBeGreaterThan(0)
  })

  test("whose promise rejects, everywhere, changes nothing and is told of", async () => {
    const faults: string[] = []
    const fail: unknown = () => Promise.reject(new Error("observer bug"))
    const moments = ["headers", "content", "progress", "commit", "reading", "end"]
    const everywhere = Object.fromEntries(moments.map((moment) => [moment, fail])) as AttemptObserver
    const ending = fail as () => void
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [
        {
          name: "rejecting",
          setup: () => ({
            call(request, next, context) {
              context.call.onEnd(ending)
              return next(request, context)
            },
            admit: { take: () => ({ committed: ending, end: ending }) },
          }),
        },
        watching((attempt) => attempt.observe(everywhere)),
      ],
      fetch: streaming,
    })
    pipeline.on(ListenerFailed, ({ event }) => faults.push(event))
    expect(await answered(await pipeline.call(streamed())).response.text()).toBe(chatStream.events.join(""))
    await Promise.resolve()
    expect(faults).toEqual(["attempt-headers", "lease", "call-ended"])
  })

  test.each(["headers", "content", "progress"] as const)(
    "may fail the attempt at its %s: it does not commit, and the body is given up",
    async (moment) => {
      const body = fed()
      body.push(preambleOf(chatStream) + contentOf(chatStream))
      const log: string[] = []
      const pipeline = pipelineOver({
        clock: virtualClock(),
        use: [
          watching((attempt) =>
            attempt.observe({ ...recorder(log), [moment]: () => attempt.fail(limitPassed) }),
          ),
        ],
        fetch: async () => eventStream(body.stream),
      })
      pipeline.on(AttemptCommitted, () => log.push("committed"))
      const { failure, call } = refused(await pipeline.call(streamed()))
      expect(failure).toBe(limitPassed)
      expect(call.attempts[0]?.committed).toBe(false)
      expect(log).not.toContain("commit")
      expect(log).not.toContain("committed")
      expect(log.filter((entry) => entry === "end")).toHaveLength(1)
      expect(body.isCancelled).toBe(true)
    },
  )

  test("may fail the attempt at its commit: the caller's body errors", async () => {
    const body = fed()
    body.push(preambleOf(chatStream) + contentOf(chatStream))
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [watching((attempt) => attempt.observe({ commit: () => attempt.fail(limitPassed) }))],
      fetch: async () => eventStream(body.stream),
    })
    const { response } = answered(await pipeline.call(streamed()))
    await expect(response.text()).rejects.toMatchObject({ code: "limit-passed" })
    expect(body.isCancelled).toBe(true)
  })
})

describe("an attempt", () => {
  test("fails at once, however its transport behaves, and can be replaced", async () => {
    const clock = virtualClock()
    const pipeline = pipelineOver({
      clock,
      endpoints: [endpoint("a"), endpoint("b")],
      use: [failover, watching((attempt) => void clock.after(100, () => attempt.fail(limitPassed)))],
      fetch: (url) =>
        url.startsWith("https://a.") ? new Promise(() => {}) : Promise.resolve(Response.json(chatAnswer)),
    })
    const { call } = answered(await clock.runUntil(pipeline.call(plain())))
    expect(call.attempts.map(({ ending }) => ending?.failure?.code)).toEqual(["limit-passed", undefined])
    expect(clock.now()).toBe(100)
  })

  test("ends once, whatever is said of it afterwards", async () => {
    const endings: Ending[] = []
    const attempts: Attempt[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [watching((attempt) => void attempts.push(attempt))],
      fetch: async () => Response.json(chatAnswer),
    })
    pipeline.on(AttemptEnded, ({ ending }) => endings.push(ending))
    await pipeline.call(plain())
    attempts[0]?.fail(limitPassed)
    attempts[0]?.blame(limitPassed)
    expect(endings).toHaveLength(1)
    expect(attempts[0]?.ending).toBe(endings[0])
    expect(endings[0]).toMatchObject({ health: "success" })
  })

  test("that is blamed goes on, and counts as a failure whatever the caller gets", async () => {
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [watching((attempt) => attempt.blame(limitPassed))],
      fetch: streaming,
    })
    const { response, call } = answered(await pipeline.call(streamed()))
    expect(await response.text()).toBe(chatStream.events.join(""))
    expect(call.attempts[0]?.ending).toMatchObject({ health: "failure" })
    expect(call.attempts[0]?.ending?.failure).toBeUndefined()
  })

  test("has no alternative unless somebody who moves calls on says so, and none once committed", async () => {
    const seen: boolean[] = []
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [watching((attempt) => void seen.push(attempt.hasAlternative()))],
      fetch: streaming,
    })
    await answered(await pipeline.call(streamed())).response.text()
    expect(seen).toEqual([false])
  })
})
