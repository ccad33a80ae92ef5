import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createEventScanner } from "./event-scanner.ts"
import type { SseEvent } from "./sse-event.ts"
import { createStreamReader } from "./stream-reader.ts"

const encoder = new TextEncoder()
const inChunk = (stream: string): readonly Uint8Array[] => [encoder.encode(stream)]
const inBytes = (stream: string): readonly Uint8Array[] =>
  Array.from(encoder.encode(stream), (byte) => Uint8Array.of(byte))

/** The events of streams that come one after the other through one scanner. */
const read = (streams: readonly string[], cut: (stream: string) => readonly Uint8Array[]): SseEvent[] => {
  const scanner = createEventScanner()
  return streams.flatMap((stream) => cut(stream).flatMap((chunk) => scanner.push(chunk)))
}

const likeness = (...streams: readonly string[]): readonly (string | undefined)[] =>
  read(["\n", ...streams], inChunk)
    .slice(1)
    .map(({ like }) => like?.data)

const json = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

/** Mostly the first, so that one event after the other is the same but for a thing or two. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { arbitrary: fc.constant(usual), weight: 12 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  )

/** Chunks of events that are mostly alike. */
const streams = (before: string, text: fc.Arbitrary<unknown>): fc.Arbitrary<readonly string[]> => {
  const event = fc.record({
    before: mostly(before, "", "event: error\n", "id: 17\n", "id: 18\n", ": 18\n", "data: 19\n", "x"),
    data: fc.record({
      id: mostly<unknown>("a", "b", 10, 11, 7, ""),
      number: mostly<unknown>(10, 11, 234, 7, "", null),
      text,
      choices: mostly<unknown>([{ index: 0 }], [{ index: 1 }], [{ index: 10 }], [], "x"),
      usage: mostly<unknown>(null, { prompt_tokens: 10 }, { prompt_tokens: 234 }, "y"),
      error: mostly<unknown>(undefined, null, "z", "y"),
      object: mostly<unknown>("chunk", "error"),
    }),
    behind: mostly("", "\nid: 20", "\nid: 21", "\n: 21", "\ndata: 22", "\r", "\n"),
    raw: mostly("", "\n", "\ndata: "),
    space: mostly(" ", "", "  "),
  })
  return fc.array(fc.array(event, { minLength: 1, maxLength: 2 }), { maxLength: 16 }).map((chunks) =>
    chunks.map((events) =>
      events
        .map(({ before, space, data, raw, behind }) => {
          const line = JSON.stringify(data)
          return `${before}data:${space}${line.slice(0, 50)}${raw}${line.slice(50)}${behind}\n\n`
        })
        .join(""),
    ),
  )
}

const content = { type: "text_delta", text: "x" }
const types = { chat: undefined, responses: "response.output_text.delta", messages: "content_block_delta" }

const texts = fc.oneof(
  fc.string(),
  fc.constantFrom("é", "你好", "😀", "\\", '"', '\\"', '"usage":{', "error", "[DONE]", 12, 3456, -78.9),
)

describe("an event", () => {
  test("is like the one before if only texts and longer numbers differ", () => {
    const [first, second, third] = [
      { id: "a", seq: 10, text: "one" },
      { id: "b", seq: 11, text: 'a "quoted" 你好\n' },
      { id: "", seq: 123, text: "\\" },
    ]
    expect(likeness(json(first), json(second), json(third))).toEqual([
      undefined,
      undefined,
      JSON.stringify(second),
    ])
  })

  test.each([
    ["has another name", '{"text":"one"}', '{"test":"one"}'],
    ["has another single digit", '{"text":"one","index":0}', '{"text":"one","index":1}'],
    ["has more members", '{"text":"one"}', '{"text":"one","usage":null}'],
    ["has null in place of a text", '{"text":"one"}', '{"text":null}'],
    ["has a text in place of a number", '{"text":"one","number":10}', '{"text":"one","number":"10"}'],
    ["has nothing in place of a number", '{"text":"one","number":10}', '{"text":"one","number":}'],
    ["ends inside a text", '{"text":"one"}', '{"text":"one'],
    ["has a line end inside a text", '{"text":"one"}', '{"text":"o\ndata: ne"}'],
    ["has its text in two lines", '{"text":"one"}', '{"text":\ndata: "one"}'],
    ["has a field before its data", '{"text":"one"}', '{"text":"one"}', "id: 10\n"],
    ["has a field behind its data", '{"text":"one"}', '{"text":"one"}\nid: 10'],
  ])("is not like those before if it %s", (_, data, other, before = "") => {
    const [same, odd] = [`data: ${data}\n\n`, `${before}data: ${other}\n\n`]
    const alike = same.replace("one", "two").replace("10", "11")
    expect(likeness(same, alike, odd)).toEqual([undefined, undefined, undefined])
    expect(likeness(same, odd, same)).toEqual([undefined, undefined, undefined])
  })

  test("is not like one of another type", () => {
    const typed = (type: string, text: string): string => `event: ${type}\n${json({ text })}`
    expect(likeness(typed("a", "x"), typed("a", "y"), typed("b", "z"))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(likeness(typed("a", "x"), typed("a", "y"), typed("a", "z"))[2]).toBe('{"text":"y"}')
  })

  test("is like one before also where several come in a chunk", () => {
    const same = json({ text: "x" })
    expect(likeness(same, json({ text: "y" }), same + json({ text: "é" }) + same).map(Boolean)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
  })

  test.each([
    ["an id", (id: number) => `id: ${id}\n${json({ id: 17 })}`],
    ["a field behind its data", (id: number) => `data: {"id":17}\nid: {"id":${id}}\n\n`],
    ["several lines of data", (id: number) => `data: {"id":17}\ndata: {"id":${id}}\n\n`],
  ])("is like none where the difference is in %s", (_, event) => {
    expect(likeness(event(17), event(18), event(19))).toEqual([undefined, undefined, undefined])
  })

  test("is read as if it were like none", () => {
    fc.assert(
      fc.property(streams("", texts), (chunks) => {
        const told = ({ type, data }: SseEvent): unknown => ({ type, data })
        expect(read(chunks, inChunk).map(told)).toEqual(read(chunks, inBytes).map(told))
        const scanner = createEventScanner()
        const total = chunks.reduce(
          (sum, chunk) => sum + (scanner.push(encoder.encode(chunk)).at(-1)?.end ?? 0),
          0,
        )
        // The LF of a last CRLF is still to come.
        expect([total, total + 1]).toContain(encoder.encode(chunks.join("")).length)
      }),
      { numRuns: 400 },
    )
  })

  test.each(["chat", "responses", "messages", undefined] as const)(
    "means in a stream of grammar %s what it would if it were like none",
    (grammar) => {
      const type = types[grammar ?? "chat"]
      const before = type === undefined ? "" : `event: ${type}\n`
      const begin = before + json({ type, choices: [{ delta: { content: "x" } }], delta: content })
      fc.assert(
        fc.property(streams(before, texts), (chunks) => {
          const [told, expected] = [inChunk, inBytes].map((cut) => {
            const reader = createStreamReader(grammar)
            const facts = read([begin, ...chunks], cut).map((event) => {
              const { kind, text, usage } = reader.read(event)
              return { kind, text, usage }
            })
            const { complete, final, usage, estimatedOutput } = reader
            return { facts, complete, final, usage, estimatedOutput }
          })
          expect(told).toEqual(expected)
        }),
        { numRuns: 400 },
      )
    },
  )
})

test("events that are alike mean what they say also where they are no content", () => {
  const scanner = createEventScanner()
  const reader = createStreamReader("chat")
  const outputs = [0, 10, 11, 12, 13].map((output) => {
    const usage = output === 0 ? null : { prompt_tokens: 10, completion_tokens: output }
    const chunk = json({ choices: [{ index: 0, delta: { content: "x" } }], usage })
    for (const event of scanner.push(encoder.encode(chunk))) reader.read(event)
    return reader.usage?.output
  })
  expect(outputs).toEqual([undefined, 10, 11, 12, 13])
})

test("what becomes of a chunk after it was read changes nothing", () => {
  const scanner = createEventScanner()
  const likes = ["", "one", "two", "three"].map((text) => {
    const chunk = encoder.encode(json({ text }))
    const [event] = scanner.push(chunk)
    const like = event?.like?.data
    chunk.fill(0)
    return like
  })
  expect(likes).toEqual([undefined, undefined, '{"text":"one"}', '{"text":"one"}'])
})

test("a stream whose events have no shape in common is given up", () => {
  const scanner = createEventScanner()
  scanner.push(encoder.encode("\n"))
  const push = (text: string): boolean => scanner.push(encoder.encode(text))[0]?.like !== undefined
  for (let turn = 0; turn < 20; turn++) push(json({ [`name${turn}`]: "x" }))
  expect(push(json({ text: "x" })) || push(json({ text: "y" })) || push(json({ text: "z" }))).toBe(false)
})
