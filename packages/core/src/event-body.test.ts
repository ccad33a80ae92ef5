import { virtualClock } from "@bellwether/testing"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, fed, recording } from "../test/answers.ts"
import type { BodyEnd } from "../test/answers.ts"
import { answered, failover, endpoint, pipelineOver, refused } from "../test/pipelines.ts"
import { chatStream, contentOf, preambleOf, samples, streamed } from "../test/streams.ts"
import type { SampleStream } from "../test/streams.ts"
import { AttemptCommitted, AttemptEnded } from "./events.ts"
import { PipelineError } from "./pipeline-error.ts"

type Bytes = Uint8Array<ArrayBuffer>

/** The error event behind the last whole event. */
const inBandError = /(?<=^|\n\n)event: error\ndata: \{.*\}\n\n$/

const whole = (sample: SampleStream): string => sample.events.join("")

/** A pipeline whose one provider streams these chunks. */
const streaming = (chunks: readonly Bytes[], end: BodyEnd = "ends") =>
  pipelineOver({ clock: virtualClock(), fetch: async () => eventStream(chunked(chunks, end)) })

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

interface Read {
  readonly pieces: readonly Bytes[]
  readonly text: string
  /** What reading threw; `undefined` after a clean end. */
  readonly error: unknown
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<Read> {
  const pieces: Bytes[] = []
  let error: unknown
  try {
    for await (const piece of body) pieces.push(piece as Bytes)
  } catch (thrown) {
    error = thrown
  }
  return { pieces, text: Buffer.concat(pieces).toString(), error }
}

let nextBody: BodyInit = ""
/** One pipeline for the many streams of an exploration. */
const exploring = pipelineOver({ clock: virtualClock(), fetch: async () => eventStream(nextBody) })

/** What a caller reads of a stream in these chunks; `undefined` when the call failed before anything came. */
async function delivered(sample: SampleStream, chunks: readonly Bytes[], end?: BodyEnd) {
  nextBody = chunked(chunks, end)
  const result = await exploring.call(streamed(sample.path))
  return result.ok ? readAll(result.response.body!) : undefined
}

function cutAt(all: Bytes, places: readonly number[]): Bytes[] {
  const edges = [0, ...places.toSorted((a, b) => a - b), all.length]
  return edges.slice(1).map((edge, index) => all.slice(edges[index], edge))
}

describe.each(samples)("a $grammar stream", (sample) => {
  const all = bytes(whole(sample))

  test("reaches the caller byte for byte however it is chunked", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(all.length), { maxLength: 40 }), async (places) => {
        const read = await delivered(sample, cutAt(all, places))
        expect(read?.error).toBeUndefined()
        expect(read?.text).toBe(whole(sample))
      }),
      { numRuns: 60 },
    )
  })

  test("reaches the caller byte for byte in chunks of one byte", async () => {
    const read = await delivered(
      sample,
      [...all].map((byte) => Uint8Array.of(byte)),
    )
    expect(read?.error).toBeUndefined()
    expect(read?.text).toBe(whole(sample))
  })

  test("reaches the caller with the line ends it came with", async () => {
    for (const lineEnd of ["\r\n", "\r"]) {
      const text = whole(sample).replaceAll("\n", lineEnd)
      const read = await delivered(sample, [bytes(text)])
      expect(read?.text).toBe(text)
    }
  })

  test("is handed on chunk by chunk where the chunks end with an event", async () => {
    const chunks = sample.events.slice(sample.content).map(bytes)
    const read = await delivered(sample, [bytes(preambleOf(sample)), ...chunks])
    expect(read?.pieces.slice(1)).toHaveLength(chunks.length)
    for (const [index, chunk] of chunks.entries()) expect(read?.pieces[index + 1]).toBe(chunk)
  })

  test("is handed on in whole events", async () => {
    const read = await delivered(
      sample,
      cutAt(
        all,
        Array.from({ length: all.length / 7 }, (_, n) => n * 7),
      ),
    )
    for (const piece of read?.pieces ?? []) expect(Buffer.from(piece).toString()).toMatch(/\n\n$/)
  })

  test("commits at its first content and not before", async () => {
    const body = fed()
    const pipeline = pipelineOver({ clock: virtualClock(), fetch: async () => eventStream(body.stream) })
    const clock = virtualClock()
    let committed = false
    pipeline.on(AttemptCommitted, () => (committed = true))
    const call = pipeline.call(streamed(sample.path))
    body.push(preambleOf(sample))
    await clock.advance(0)
    expect(committed).toBe(false)
    body.push(contentOf(sample).slice(0, -1))
    await clock.advance(0)
    expect(committed).toBe(false)
    body.push("\n")
    const { response } = answered(await call)
    expect(committed).toBe(true)
    const first = await response.body!.getReader().read()
    expect(Buffer.from(first.value!).toString()).toBe(preambleOf(sample))
  })

  test.each(["ends", "breaks"] as const)(
    "that %s at any byte never ends cleanly for the caller unless it was complete",
    async (end) => {
      const committed = bytes(preambleOf(sample) + contentOf(sample)).length
      const complete = bytes(
        sample.events
          .slice(0, sample.complete + 1)
          .join("")
          .trimEnd(),
      ).length
      /** What is wrong with what the caller got. */
      const fault = (read: Read | undefined, cut: number): string | undefined => {
        if (read === undefined) return cut < committed ? undefined : "failed although content had come"
        if (cut < committed) return "was answered without content"
        if (read.error === undefined && cut < complete) return "ended cleanly although it was not complete"
        if (read.error !== undefined && !PipelineError.is(read.error)) return "threw something else"
        const told = read.error === undefined ? read.text : read.text.replace(inBandError, "")
        if (read.error !== undefined && told === read.text) return "did not tell of the error in band"
        return whole(sample).startsWith(told) ? undefined : "gave bytes that never came"
      }
      const faults: string[] = []
      for (let cut = 0; cut <= all.length; cut++) {
        const found = fault(await delivered(sample, [all.slice(0, cut)], end), cut)
        if (found !== undefined) faults.push(`cut at byte ${cut}, the stream ${found}`)
      }
      expect(faults).toEqual([])
    },
  )

  test("that breaks off once complete never ends with half an event", async () => {
    const from = bytes(sample.events.slice(0, sample.complete + 1).join("")).length
    for (const end of ["ends", "breaks"] as const)
      for (let cut = from; cut < all.length; cut++) {
        const read = await delivered(sample, [all.slice(0, cut)], end)
        expect(read?.error).toBeUndefined()
        for (const [, data = ""] of read?.text.matchAll(/^data: (.*)$/gm) ?? [])
          expect(data === "[DONE]" || isJson(data)).toBe(true)
      }
  })

  test("is not replaced and not forged when it ends with its preamble", async () => {
    const result = await streaming([bytes(preambleOf(sample))]).call(streamed(sample.path))
    expect(refused(result).failure).toMatchObject({ class: "broken-response", code: "stream-cut" })
  })

  test("fails over while only its preamble has come, and the caller sees nothing of it", async () => {
    for (const end of ["ends", "breaks"] as const) {
      const pipeline = pipelineOver({
        clock: virtualClock(),
        endpoints: [endpoint("a"), endpoint("b")],
        use: [failover],
        fetch: async (url) =>
          eventStream(
            url.startsWith("https://a.") ? chunked([bytes(preambleOf(sample))], end) : chunked([all]),
          ),
      })
      const { response } = answered(await pipeline.call(streamed(sample.path)))
      expect(await response.text()).toBe(whole(sample))
    }
  })

  test("with an error in its preamble fails before anything is delivered", async () => {
    const error = `event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`
    const result = await streaming([bytes(preambleOf(sample) + error)], "hangs").call(streamed(sample.path))
    expect(refused(result).failure).toMatchObject({ class: "overloaded", code: "stream-error" })
  })

  test("with an error behind content in one chunk delivers the content first", async () => {
    const error = `event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`
    const begun = preambleOf(sample) + contentOf(sample)
    const read = await delivered(sample, [bytes(begun + error + "data: never\n\n")], "hangs")
    expect(read?.text.startsWith(`${begun}event: error\n`)).toBe(true)
    expect(read?.text).not.toContain("never")
    expect(read?.error).toMatchObject({ code: "stream-error" })
  })

  test("with a malformed event in its preamble fails, and passes it on after content", async () => {
    const garbage = "data: {not json\n\n"
    const early = await streaming([bytes(preambleOf(sample) + garbage + contentOf(sample))]).call(
      streamed(sample.path),
    )
    expect(refused(early).failure.code).toBe("stream-malformed")

    const before = preambleOf(sample) + contentOf(sample) + garbage
    const late = before + sample.events.slice(sample.content + 1).join("")
    const read = await delivered(sample, [bytes(late)])
    expect(read).toMatchObject({ text: late, error: undefined })
  })
})

describe("a stream of several choices", () => {
  const choice = (index: number, delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ choices: [{ index, delta, finish_reason: finish }] })}\n\n`

  test("does not commit when one has finished without content", async () => {
    const asked = { body: JSON.stringify({ model: "m", stream: true, n: 2 }) }
    const result = await streaming([bytes(choice(0, {}, "stop"))]).call(streamed(undefined, asked))
    expect(refused(result).failure.code).toBe("stream-cut")
  })

  test("is cut when one has finished and another has not begun", async () => {
    const first = choice(0, { content: "Hello" }) + choice(0, {}, "stop")
    const pipeline = streaming([bytes(first)])
    const asked = { body: JSON.stringify({ model: "m", stream: true, n: 2 }) }
    const { response } = answered(await pipeline.call(streamed(undefined, asked)))
    expect((await readAll(response.body!)).error).toMatchObject({ code: "stream-cut" })
  })
})

describe("a stream of a grammar nobody knows", () => {
  const unknown = (chunks: readonly Bytes[], end: BodyEnd) =>
    streaming(chunks, end).call({ method: "POST", path: "/novel", body: "{}" })

  test("may end anywhere", async () => {
    const { response } = answered(await unknown([bytes("data: 1\n\ndata: 2")], "ends"))
    expect(await readAll(response.body!)).toMatchObject({ text: "data: 1\n\ndata: 2", error: undefined })
  })

  test("that breaks off before its first event fails", async () => {
    expect(refused(await unknown([bytes(": hello\n\n")], "breaks")).failure.class).toBe("broken-response")
  })

  test("that breaks off later does not end cleanly", async () => {
    const { response } = answered(await unknown([bytes("data: 1\n\n")], "breaks"))
    const read = await readAll(response.body!)
    expect(read.text).toMatch(/^data: 1\n\nevent: error\n/)
    expect(read.error).toMatchObject({ code: "answer-cut" })
  })

  test("with an error for its first event fails", async () => {
    const error = `data: {"error":{"message":"Overloaded","type":"overloaded_error"}}\n\n`
    expect(refused(await unknown([bytes(error)], "ends")).failure.code).toBe("stream-error")
  })
})

describe("the preamble", () => {
  const ping = `: ${"x".repeat(1021)}\n\n`

  test("is let through when it grows beyond 256 kB", async () => {
    const pings = new ReadableStream<Bytes>(
      { pull: (controller) => controller.enqueue(bytes(ping)) },
      { highWaterMark: 0 },
    )
    const pipeline = pipelineOver({ clock: virtualClock(), fetch: async () => eventStream(pings) })
    const { response } = answered(await pipeline.call(streamed()))
    expect(response.status).toBe(200)
  })

  test("is held up to 256 kB", async () => {
    const pings = Array.from({ length: 255 }, () => bytes(ping))
    const result = await streaming([...pings]).call(streamed())
    expect(refused(result).failure.code).toBe("stream-cut")
  })
})

describe("reading", () => {
  test("asks the provider for no more than the caller asks for", async () => {
    let pulled = 0
    const events = chatStream.events.map(bytes)
    const body = new ReadableStream<Bytes>(
      {
        pull(controller) {
          const event = events[pulled++]
          if (event === undefined) controller.close()
          else controller.enqueue(event)
        },
      },
      { highWaterMark: 0 },
    )
    const pipeline = pipelineOver({ clock: virtualClock(), fetch: async () => eventStream(body) })
    const { response } = answered(await pipeline.call(streamed()))
    const upToContent = chatStream.content + 1
    expect(pulled).toBe(upToContent)
    const reader = response.body!.getReader()
    for (let piece = 0; piece < upToContent; piece++) await reader.read()
    expect(pulled).toBe(upToContent)
    await reader.read()
    expect(pulled).toBe(upToContent + 1)
  })

  test("ends at the final event though the provider leaves the connection open", async () => {
    const clock = virtualClock()
    const body = fed()
    const pipeline = pipelineOver({ clock, fetch: async () => eventStream(body.stream) })
    body.push(chatStream.events.join(""))
    const { response } = answered(await pipeline.call(streamed()))
    expect(await response.text()).toBe(chatStream.events.join(""))
    expect(body.isCancelled).toBe(false)
    await clock.run()
    expect(body.isCancelled).toBe(true)
  })

  test("leaves a connection that closes soon after the final event to itself", async () => {
    const clock = virtualClock()
    const body = fed()
    const pipeline = pipelineOver({ clock, fetch: async () => eventStream(body.stream) })
    body.push(chatStream.events.join(""))
    const { response } = answered(await pipeline.call(streamed()))
    await response.text()
    body.end()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
    expect(body.isCancelled).toBe(false)
  })

  test("keeps the usage that comes behind the finish", async () => {
    const pipeline = streaming([bytes(chatStream.events.join(""))])
    const usages: unknown[] = []
    pipeline.on(AttemptEnded, ({ ending }) => usages.push(ending.usage))
    await answered(await pipeline.call(streamed())).response.text()
    expect(usages).toEqual([expect.objectContaining({ input: 3, output: 2 })])
  })

  test.each([
    ["is cut", async (response: Response) => void (await response.text().catch(() => {}))],
    [
      "is cancelled by its reader",
      async ({ body }: Response) => {
        const reader = body?.getReader()
        await reader?.read()
        await reader?.cancel()
      },
    ],
  ])("estimates the usage of a stream that %s before its provider told", async (_, read) => {
    const pipeline = streaming([bytes(chatStream.events.slice(0, chatStream.complete).join(""))])
    const usages: unknown[] = []
    pipeline.on(AttemptEnded, ({ ending }) => usages.push(ending.usage))
    await read(answered(await pipeline.call(streamed())).response)
    expect(usages).toEqual([{ input: expect.any(Number), output: 2, estimated: true }])
  })

  test.each(["in its preamble", "after content"])(
    "a body that yields something else than bytes %s breaks the answer and nothing more",
    async (place) => {
      const before = place === "after content" ? preambleOf(chatStream) + contentOf(chatStream) : ""
      const junk = new ReadableStream<unknown>({
        start(controller) {
          controller.enqueue(bytes(before))
          controller.enqueue("text")
        },
      })
      const pipeline = pipelineOver({
        clock: virtualClock(),
        fetch: async () => eventStream(junk as BodyInit),
      })
      const endings: unknown[] = []
      pipeline.on(AttemptEnded, ({ ending }) => endings.push(ending.failure?.class))
      const result = await pipeline.call(streamed())
      const error = result.ok ? (await readAll(result.response.body!)).error : result.error
      expect(error).toMatchObject({ code: "answer-cut" })
      expect(endings).toEqual(["broken-response"])
    },
  )

  test("carries events of a megabyte whole", async () => {
    const big = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(1_000_000) } }] })}\n\n`
    const text = big + chatStream.events.slice(chatStream.complete).join("")
    const all = bytes(text)
    const chunks = Array.from({ length: Math.ceil(all.length / 16_384) }, (_, n) =>
      all.slice(n * 16_384, (n + 1) * 16_384),
    )
    expect((await delivered(chatStream, chunks))?.text).toBe(text)
  })
})

test("what was asked of the provider is asked once for every stream", async () => {
  const { fetch, requests } = recording(() => eventStream(chunked([bytes(whole(chatStream))])))
  const pipeline = pipelineOver({ clock: virtualClock(), fetch })
  await answered(await pipeline.call(streamed())).response.text()
  expect(requests).toHaveLength(1)
})
