import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { createEventScanner } from "./event-scanner.ts"
import type { SseEvent } from "./sse-event.ts"

const encoder = new TextEncoder()

interface Read {
  readonly events: readonly Omit<SseEvent, "end">[]
  /** Where each event ends in the whole stream. */
  readonly ends: readonly number[]
  readonly pending: boolean
}

const readChunks = (chunks: readonly Uint8Array[]): Read => {
  const scanner = createEventScanner()
  const events: Omit<SseEvent, "end">[] = []
  const ends: number[] = []
  let offset = 0
  for (const chunk of chunks) {
    for (const { end, ...event } of scanner.push(chunk)) {
      events.push(event)
      ends.push(offset + end)
    }
    offset += chunk.length
  }
  return { events, ends, pending: scanner.pending }
}

const read = (...chunks: readonly string[]): Read => readChunks(chunks.map((chunk) => encoder.encode(chunk)))

/** The standard's algorithm, as slow and plain as it can be said. */
const readNaively = (text: string): Pick<Read, "events" | "pending"> => {
  const blocks = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .split(/(?<=(?:^|\n)\n)/)
  const isWhole = (block: string): boolean => block === "\n" || block.endsWith("\n\n")
  const events = blocks.filter(isWhole).map((block) => {
    let type = ""
    const data: string[] = []
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":")
      const field = colon === -1 ? line : line.slice(0, colon)
      const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "")
      if (field === "data") data.push(value)
      if (field === "event") type = value
    }
    return { ...(type !== "" && { type }), data: data.join("\n") }
  })
  return { events, pending: blocks.some((block) => block !== "" && !isWhole(block)) }
}

describe("an event stream", () => {
  test.each([
    ["one event", "data: x\n\n", [{ data: "x" }]],
    ["no space behind the colon", "data:x\n\n", [{ data: "x" }]],
    ["one space is taken, a second is kept", "data:  x\n\n", [{ data: " x" }]],
    ["two events", "data: x\n\ndata: y\n\n", [{ data: "x" }, { data: "y" }]],
    ["a type", "event: error\ndata: x\n\n", [{ type: "error", data: "x" }]],
    ["a type behind the data", "data: x\nevent:error\n\n", [{ type: "error", data: "x" }]],
    ["a type without data", "event: ping\n\n", [{ type: "ping", data: "" }]],
    ["a type taken back", "event: a\nevent:\ndata: x\n\n", [{ data: "x" }]],
    ["a type taken back without a colon", "event: a\nevent\ndata: x\n\n", [{ data: "x" }]],
    ["several lines of data", "data: a\ndata: b\ndata:\n\n", [{ data: "a\nb\n" }]],
    ["data without a colon", "data\ndata: a\n\n", [{ data: "\na" }]],
    ["fields of other names", "id: 1\nretry: 2\ndatax: 3\ndat: 4\neventual: 5\ndata: x\n\n", [{ data: "x" }]],
    ["comments", ": ping\n\n:\n\ndata: x\n: more\n\n", [{ data: "" }, { data: "" }, { data: "x" }]],
    ["blank lines in excess", "\ndata: x\n\n\n", [{ data: "" }, { data: "x" }, { data: "" }]],
    ["CRLF", "event: e\r\ndata: x\r\n\r\ndata: y\r\n\r\n", [{ type: "e", data: "x" }, { data: "y" }]],
    ["CR", "event: e\rdata: x\r\rdata: y\r\r", [{ type: "e", data: "x" }, { data: "y" }]],
    [
      "line ends of every kind",
      "data: a\rdata: b\ndata: c\r\n\rdata: d\n\r\n",
      [{ data: "a\nb\nc" }, { data: "d" }],
    ],
    ["a byte order mark where none belongs", "data: x\n\n\uFEFFdata: y\n\n", [{ data: "x" }, { data: "" }]],
    [
      "text of many scripts",
      "data: 你好 é 😀\n\ndata: x\n\ndata: ü\n\n",
      [{ data: "你好 é 😀" }, { data: "x" }, { data: "ü" }],
    ],
    ["a colon inside the data", "data: a: b\n\n", [{ data: "a: b" }]],
    ["a carriage return inside JSON is an end of line", "data: a\rb\n\n", [{ data: "a" }]],
  ])("is read: %s", (_, stream, events) => {
    expect(read(stream)).toMatchObject({ events, pending: false })
    expect(read(...stream).events).toEqual(events)
    expect(read("data: first\n\n", stream).events).toEqual([{ data: "first" }, ...events])
  })

  test("may begin with a byte order mark, even a cut one", () => {
    const events = [{ data: "x" }, { data: "y" }]
    const bytes = encoder.encode("\uFEFFdata: x\n\ndata: y\n\n")
    expect(readChunks([bytes]).events).toEqual(events)
    expect(readChunks([bytes.subarray(0, 2), bytes.subarray(2)]).events).toEqual(events)
  })

  test("is whole only behind a blank line", () => {
    for (const end of ["data: x", "data: x\n", ": x\n", "d", "data: x\r\n"]) {
      expect(read("data: a\n\n", end)).toMatchObject({ events: [{ data: "a" }], pending: true })
    }
    expect(read("data: a\n\n").pending).toBe(false)
    expect(read("").pending).toBe(false)
  })

  test("does not wait for the LF that may follow a CR", () => {
    const scanner = createEventScanner()
    expect(scanner.push(encoder.encode("data: x\r\n\r"))).toEqual([{ data: "x", end: 10 }])
    expect(scanner.pending).toBe(false)
    expect(scanner.push(encoder.encode("\n"))).toEqual([])
    expect(scanner.pending).toBe(false)
    expect(scanner.push(encoder.encode("data: y\r\n\r\n"))).toEqual([{ data: "y", end: 11 }])
  })

  test("is read alike however it is cut, and as the standard says", () => {
    const word = fc.constantFrom(
      "data",
      "event",
      "id",
      ":",
      ": ",
      " ",
      "x",
      "é",
      "你",
      "😀",
      "\uFEFF",
      "\n",
      "\r",
      "\r\n",
      "\n\n",
      "{}",
    )
    // A byte order mark alone in its line is nobody's.
    const stream = fc
      .array(word, { maxLength: 40 })
      .map((words) => words.join("").replace(/^\uFEFF+/, "\uFEFF:"))
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
        const bytes = encoder.encode(text)
        const places = [
          0,
          ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
          bytes.length,
        ]
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place))
        const cut = readChunks(chunks)
        const whole = readChunks([bytes])
        const expected = readNaively(text)
        expect(cut.events).toEqual(expected.events)
        expect(cut.pending).toBe(expected.pending)
        expect(whole.events).toEqual(expected.events)
        // The same events end at the same bytes, but for the LF that a cut CRLF leaves to the next event.
        cut.ends.forEach((end, index) => {
          const late = (whole.ends[index] ?? 0) - end
          expect(late === 0 || (late === 1 && bytes[end] === 10 && bytes[end - 1] === 13)).toBe(true)
        })
      }),
      { numRuns: 2000 },
    )
  })

  test("loses nothing between its ends", () => {
    const line = fc.constantFrom("data: x", "data: 你好", ": c", "event: e", "data")
    const block = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => `${lines.join("\n")}\n\n`)
    fc.assert(
      fc.property(fc.array(fc.array(block, { minLength: 1 }).map((blocks) => blocks.join(""))), (chunks) => {
        const scanner = createEventScanner()
        for (const chunk of chunks) {
          const bytes = encoder.encode(chunk)
          const ends = scanner.push(bytes).map(({ end }) => end)
          expect(ends.at(-1)).toBe(bytes.length)
          expect(ends.toSorted((a, b) => a - b)).toEqual(ends)
        }
        expect(scanner.pending).toBe(false)
      }),
    )
  })
})

describe("the unfinished end of a stream", () => {
  test("is read as if it had been finished", () => {
    for (const end of ["data: [DONE]", "data: [DONE]\n", "data: [DONE]\r"]) {
      const scanner = createEventScanner()
      scanner.push(encoder.encode(`data: x\n\n${end}`))
      expect(scanner.flush()).toEqual({ data: "[DONE]", end: 0 })
      expect(scanner.pending).toBe(false)
      expect(scanner.flush()).toBeUndefined()
    }
  })

  test("is nothing when the stream ended well", () => {
    const scanner = createEventScanner()
    scanner.push(encoder.encode("data: x\n\n"))
    expect(scanner.flush()).toBeUndefined()
  })
})

describe("an event that is too long", () => {
  test("passes in parts without being kept, and the next one is read again", () => {
    const scanner = createEventScanner({ maxEventBytes: 10 })
    expect(scanner.push(encoder.encode("data: 12"))).toEqual([])
    expect(scanner.push(encoder.encode("345678"))).toEqual([{ data: "", end: 6, oversized: true }])
    expect(scanner.push(encoder.encode("9"))).toEqual([{ data: "", end: 1, oversized: true }])
    expect(scanner.pending).toBe(true)
    expect(scanner.push(encoder.encode("\n\ndata: x\n\n"))).toEqual([
      { data: "", end: 2, oversized: true },
      { data: "x", end: 11 },
    ])
    expect(scanner.pending).toBe(false)
  })

  test("is none as long as it comes whole", () => {
    const scanner = createEventScanner({ maxEventBytes: 10 })
    expect(scanner.push(encoder.encode("data: 1234567890\n\n"))[0]?.data).toBe("1234567890")
  })

  test("may end the stream", () => {
    const scanner = createEventScanner({ maxEventBytes: 1 })
    scanner.push(encoder.encode("data: x"))
    expect(scanner.flush()).toEqual({ data: "", end: 0, oversized: true })
    expect(scanner.pending).toBe(false)
  })
})

test("an event of a megabyte in chunks of one byte is read", () => {
  const scanner = createEventScanner()
  const bytes = encoder.encode(`data: ${"x".repeat(1_000_000)}\n\n`)
  const events: SseEvent[] = []
  for (let at = 0; at < bytes.length; at++) events.push(...scanner.push(bytes.subarray(at, at + 1)))
  expect(events.map(({ data }) => data.length)).toEqual([1_000_000])
})

test("what a scanner was given may be changed afterwards", () => {
  const scanner = createEventScanner()
  const chunk = encoder.encode("data: ab")
  scanner.push(chunk)
  chunk.fill(0)
  expect(scanner.push(encoder.encode("c\n\n"))[0]?.data).toBe("abc")
})
