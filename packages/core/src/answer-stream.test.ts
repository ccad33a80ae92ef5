import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, fed, recording } from "../test/answers.ts"
import type { BodyEnd } from "../test/answers.ts"
import { answered, endpoint, pipelineOver } from "../test/pipelines.ts"
import { chatStream, contentOf, plain, preambleOf, samples, streamed } from "../test/streams.ts"
import type { SampleStream } from "../test/streams.ts"
import type { Continuation, CutHandler, Delivered, StreamEvent } from "./answer.ts"
import { Excluded, Purpose } from "./context.ts"
import { ListenerFailed } from "./event.ts"
import { AttemptEnded, AttemptStarted, CallEnded } from "./events.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { Plugin } from "./plugin.ts"

const begunOf = (sample: SampleStream): string => preambleOf(sample) + contentOf(sample)
const textOf = (piece: Uint8Array | undefined): string => Buffer.from(piece ?? []).toString()

describe.each(samples)("a $grammar stream that is cut after content", (sample) => {
  const begun = begunOf(sample)

  async function read(more: string, end: BodyEnd = "breaks") {
    const pipeline = pipelineOver({
      clock: virtualClock(),
      fetch: async () => eventStream(chunked([bytes(begun), bytes(more)], end)),
    })
    const ended: string[] = []
    pipeline.on(CallEnded, ({ ending }) => ended.push(ending.failure?.code ?? "success"))
    const { response, call } = answered(await pipeline.call(streamed(sample.path)))
    return { reader: response.body!.getReader(), call, ended }
  }

  test("tells of it in band, as its SDKs understand, and only then errors", async () => {
    const { reader, call, ended } = await read("")
    expect(textOf((await reader.read()).value)).toBe(begun)
    expect(ended).toEqual([])
    const [first, second] = textOf((await reader.read()).value).split("\n")
    expect(first).toBe("event: error")
    const told = JSON.parse(second!.slice("data: ".length))
    const shape = sample.grammar === "messages" ? { type: "error" } : {}
    expect(told).toMatchObject({
      ...shape,
      error: { code: "answer-cut", message: expect.stringContaining("a/key-1") },
    })
    expect(ended).toEqual(["answer-cut"])
    const error: unknown = await reader.read().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: "PipelineError", code: "answer-cut", callId: call.id })
    expect(await reader.read().catch((thrown: unknown) => thrown)).toBe(error)
    expect(ended).toHaveLength(1)
  })

  test("by an error of the provider's own tells that one, in its words", async () => {
    const error = { type: "error", error: { type: "overloaded_error", message: "We are full", code: "full" } }
    const { reader, ended } = await read(`event: error\ndata: ${JSON.stringify(error)}\n\n`, "hangs")
    await reader.read()
    expect(textOf((await reader.read()).value)).toContain(`"message":"We are full"`)
    await expect(reader.read()).rejects.toMatchObject({ code: "stream-error" })
    expect(ended).toEqual(["stream-error"])
  })

  test("in the middle of an event gives none of that event", async () => {
    const { reader } = await read("event: x\ndata: {")
    await reader.read()
    expect(textOf((await reader.read()).value)).toMatch(/^event: error\n/)
  })
})

describe("somebody who goes on with a cut stream", () => {
  const [begun, rest] = [begunOf(chatStream), chatStream.events.slice(chatStream.content + 1).join("")]

  /** What each target streams, and how that ends. */
  type Script = Readonly<Record<string, readonly [text: string, end: BodyEnd]>>

  const keepAll: Continuation["rewrite"] = (event) => event
  /** Drops what the caller has already: everything up to the first content. */
  const splice = (): Continuation["rewrite"] => {
    let seen = false
    return (event) => {
      if (seen) return event
      seen = event.facts.kind === "content"
      return "drop"
    }
  }

  function setUp(
    script: Script,
    handler: Partial<CutHandler> & { rewrite?: () => Continuation["rewrite"] } = {},
  ) {
    const clock = virtualClock()
    const seen: StreamEvent[] = []
    const cuts: string[] = []
    const resuming: Plugin = {
      name: "resuming",
      setup: () => ({
        async call(request, next, context) {
          const tried = new Set<string>()
          const answer = await next(request, context)
          if (!answer.ok) return answer
          answer.onCut({
            delivered: (event) => void seen.push(event),
            async goOn({ failure, attempt }) {
              cuts.push(`${attempt.target.endpoint} ${failure.code}`)
              tried.add(attempt.target.id)
              const again = await next(
                request,
                context.with(Excluded, new Set(tried)).with(Purpose, "resume"),
              )
              return again.ok ? { answer: again, rewrite: (handler.rewrite ?? splice)() } : undefined
            },
            ...handler,
          })
          return answer
        },
      }),
    }
    const ids = Object.keys(script)
    const { fetch, requests } = recording(({ url }) => {
      const [text, end] = script[new URL(url).hostname.split(".")[0]!]!
      return eventStream(chunked([bytes(text)], end))
    })
    const pipeline = pipelineOver({ clock, endpoints: ids.map((id) => endpoint(id)), use: [resuming], fetch })
    const log: string[] = []
    pipeline.on(AttemptStarted, ({ attempt }) => log.push(`${attempt.target.endpoint} starts`))
    pipeline.on(AttemptEnded, ({ attempt, ending }) =>
      log.push(`${attempt.target.endpoint} ${ending.failure?.code ?? "success"}`),
    )
    const faults: string[] = []
    pipeline.on(ListenerFailed, ({ event }) => faults.push(event))
    const ended: string[] = []
    pipeline.on(CallEnded, ({ ending }) => ended.push(ending.failure?.code ?? "success"))
    const run = async () => {
      const { response, call } = answered(await pipeline.call(streamed()))
      const pieces: string[] = []
      let error: unknown
      try {
        for await (const piece of response.body!) pieces.push(textOf(piece))
      } catch (thrown) {
        error = thrown
      }
      return { text: pieces.join(""), error, call }
    }
    return { clock, pipeline, requests, seen, cuts, log, faults, ended, run }
  }

  test("gives the caller one whole stream", async () => {
    const { run, cuts, ended } = setUp({ a: [begun, "breaks"], b: [begun + rest, "ends"] })
    const { text, error, call } = await run()
    expect(text).toBe(begun + rest)
    expect(error).toBeUndefined()
    expect(cuts).toEqual(["a answer-cut"])
    expect(ended).toEqual(["success"])
    expect(call.attempts.map(({ kind, ending }) => [kind, ending?.health])).toEqual([
      ["first", "failure"],
      ["resume", "success"],
    ])
  })

  test("sees every event the caller is given, of both streams", async () => {
    const { run, seen } = setUp({ a: [begun, "breaks"], b: [begun + rest, "ends"] })
    const { text } = await run()
    expect(seen.map((event) => textOf(event.bytes)).join("")).toBe(text)
    expect(seen.map(({ facts }) => facts.text ?? "").join("")).toBe("Hellö 🐑")
  })

  test("may put other bytes in the place of an event", async () => {
    const shout: Continuation["rewrite"] = (event) => ({
      ...event,
      bytes: bytes(textOf(event.bytes).replace("lö", "LÖ")),
    })
    const { run } = setUp({ a: [begun, "breaks"], b: [rest, "ends"] }, { rewrite: () => shout })
    expect((await run()).text).toBe(begun + rest.replace("lö", "LÖ"))
  })

  test("goes on as often as it takes, and keeps what the last event brings", async () => {
    const withoutBlankLine = (begun + rest).trimEnd()
    const { run, cuts } = setUp({ a: [begun, "breaks"], b: [begun, "ends"], c: [withoutBlankLine, "ends"] })
    const { text, error } = await run()
    expect(error).toBeUndefined()
    expect(text).toBe(withoutBlankLine)
    expect(cuts).toEqual(["a answer-cut", "b answer-cut"])
  })

  test.each<[string, Partial<CutHandler>, string[]]>([
    ["cannot", { goOn: async () => undefined }, []],
    [
      "throws",
      {
        goOn: () => {
          throw new Error("resume bug")
        },
      },
      ["stream-cut"],
    ],
    [
      "rejects",
      {
        goOn: async () => {
          throw new Error("resume bug")
        },
      },
      ["stream-cut"],
    ],
    [
      "answers with junk",
      { goOn: async () => ({ answer: { ok: true } as Delivered, rewrite: keepAll }) },
      ["stream-cut"],
    ],
    [
      "has lost track",
      {
        delivered: () => {
          throw new Error("resume bug")
        },
      },
      ["stream-delivered"],
    ],
  ])("but %s leaves the caller with the cut", async (_, handler, expectedFaults) => {
    const { run, ended, faults, clock } = setUp({ a: [begun, "breaks"], b: [begun + rest, "ends"] }, handler)
    const { text, error } = await run()
    expect(text).toMatch(/event: error\n/)
    expect(error).toMatchObject({ code: "answer-cut" })
    expect(ended).toEqual(["answer-cut"])
    expect(faults).toEqual(expectedFaults)
    expect(clock.pending).toBe(0)
  })

  const unfit: [string, Continuation["rewrite"]][] = [
    ["contradicts", () => "diverged"],
    [
      "cannot be fitted to",
      () => {
        throw new Error("rewrite bug")
      },
    ],
  ]

  test.each(unfit)(
    "is asked again when the continuation %s what the caller has; the caller is told of the first cut",
    async (_, rewrite) => {
      const { run, cuts, log, requests, ended } = setUp(
        { a: [begun, "breaks"], b: [begun, "hangs"], c: [begun, "hangs"] },
        { rewrite: () => rewrite },
      )
      const { text, error, call } = await run()
      expect(text.startsWith(begun)).toBe(true)
      expect(error).toMatchObject({ code: "answer-cut" })
      expect(cuts).toEqual(["a answer-cut", "b answer-cut", "c answer-cut"])
      expect(log.slice(2)).toEqual(["b starts", "b superseded", "c starts", "c superseded"])
      expect(requests.slice(1).every(({ signal }) => signal.aborted)).toBe(true)
      expect(call.attempts.map(({ ending }) => ending?.health)).toEqual(["failure", "neutral", "neutral"])
      expect(ended).toEqual(["answer-cut"])
    },
  )

  test("does not make a whole stream of a continuation that contradicts it, however well that one ended", async () => {
    const late = (): Continuation["rewrite"] => {
      const fit = splice()
      return (event) => (event.facts.kind === "final" ? "diverged" : fit(event))
    }
    for (const rewrite of [() => () => "diverged" as const, late]) {
      const { run, ended } = setUp({ a: [begun, "breaks"], b: [begun + rest, "ends"] }, { rewrite })
      expect((await run()).error).toMatchObject({ code: "answer-cut" })
      expect(ended).toEqual(["answer-cut"])
    }
  })

  test("is not asked for a caller who has gone, and stops when the caller goes", async () => {
    const waiting = Promise.withResolvers<undefined>()
    const { pipeline, ended } = setUp(
      { a: [begun, "breaks"], b: [begun + rest, "ends"] },
      { goOn: () => waiting.promise },
    )
    const controller = new AbortController()
    const { response } = answered(await pipeline.call(streamed(undefined, { signal: controller.signal })))
    const reader = response.body!.getReader()
    await reader.read()
    const pending = reader.read()
    pending.catch(() => {})
    await Promise.resolve()
    controller.abort(new Error("gone"))
    await expect(pending).rejects.toThrow("gone")
    expect(ended).toEqual(["cancelled"])
    waiting.resolve(undefined)
  })

  test("has no say in bodies that are no event streams", async () => {
    const asked: unknown[] = []
    const resuming: Plugin = {
      name: "resuming",
      setup: () => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          if (answer.ok)
            answer.onCut({
              delivered: () => {},
              async goOn(cut) {
                asked.push(cut)
                return undefined
              },
            })
          return answer
        },
      }),
    }
    const pipeline = pipelineOver({
      clock: virtualClock(),
      use: [resuming],
      fetch: async () => new Response(chunked([bytes("RIFF")], "breaks")),
    })
    const { response } = answered(await pipeline.call(plain("/audio/speech")))
    await expect(response.arrayBuffer()).rejects.toSatisfy((error) => PipelineError.is(error, "answer-cut"))
    expect(asked).toEqual([])
  })
})

test("the pipeline's close ends a stream under way with an error of its own", async () => {
  const body = fed()
  body.push(begunOf(chatStream))
  const pipeline = pipelineOver({ clock: virtualClock(), fetch: async () => eventStream(body.stream) })
  const { response } = answered(await pipeline.call(streamed()))
  await pipeline.close()
  expect(body.isCancelled).toBe(true)
  await expect(response.text()).rejects.toMatchObject({ name: "PipelineError", code: "pipeline-closed" })
})
