import { CallEnded, createPipeline, seededRandom } from "@bellwether/core"
import type { CallEnding, EndpointOptions } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import type { FaultRule, ScriptedProviderOptions } from "@bellwether/testing"
import { createEventScanner, createStreamReader } from "@bellwether/wire"
import { describe, expect, test } from "vitest"
import { resume, StreamResumed } from "./index.ts"
import type { How } from "./index.ts"

const says = "A bellwether is the sheep with the bell  that the flock follows. "
const grammars = {
  chat: { path: "/chat/completions", body: { messages: [{ role: "user", content: "Hello" }] } },
  messages: { path: "/messages", body: { max_tokens: 100, messages: [{ role: "user", content: "Hello" }] } },
  responses: { path: "/responses", body: { input: "Hello", store: false } },
} as const
type GrammarName = keyof typeof grammars

interface Stage {
  readonly grammar: GrammarName
  readonly how?: readonly How[]
  readonly fault?: FaultRule
  readonly faultOfSecond?: FaultRule
  readonly body?: object
  readonly second?: Partial<ScriptedProviderOptions>
  readonly endpoint?: Partial<EndpointOptions>
  readonly use?: "resume" | "nothing"
}

/** Streams one answer whose first provider breaks it, and tells what the caller read. */
async function stream({ grammar, how, fault, faultOfSecond, body, second, endpoint, use = "resume" }: Stage) {
  const clock = virtualClock()
  const answer = () => says
  const first = scriptedProvider({ clock, origin: "https://a.test", answer, tokensPerSecond: 10 })
  const next = scriptedProvider({ clock, origin: "https://b.test", answer, tokensPerSecond: 10, ...second })
  if (fault) first.inject(fault)
  if (faultOfSecond) next.inject(faultOfSecond)
  const pipeline = createPipeline({
    endpoints: [
      { id: "a", baseURL: first.baseURL },
      { id: "b", baseURL: next.baseURL, prefill: true, ...endpoint },
    ],
    use: use === "resume" ? [resume(how && { how })] : [],
    fetch: scriptedFetch(first, next),
    clock,
    random: seededRandom(1),
  })
  const resumed: How[] = []
  let ending: CallEnding | undefined
  pipeline.on(StreamResumed, (event) => resumed.push(event.how))
  pipeline.on(CallEnded, (event) => void (ending = event.ending))
  const { path, body: asked } = grammars[grammar]
  const request = JSON.stringify({ model: "gpt-4o", stream: true, ...asked, ...body })
  const read = await clock.runUntil(
    pipeline.call({ path, method: "POST", body: request }).then((result) => {
      if (result.ok) return readAll(result.response.body, grammar)
      return { text: "", error: result.failure.code, events: [], complete: false, final: false }
    }),
  )
  await clock.run()
  expect({ pending: clock.pending, open: first.inFlight + next.inFlight }).toEqual({ pending: 0, open: 0 })
  return { ...read, resumed, ending, requests: next.requests }
}

/** Reads a stream as an SDK would, and what makes it one valid stream. */
async function readAll(body: ReadableStream<Uint8Array> | null, grammar: GrammarName) {
  const scanner = createEventScanner()
  const reader = createStreamReader(grammar)
  const events: Record<string, unknown>[] = []
  let text = ""
  let error: string | undefined
  try {
    for await (const chunk of body ?? [])
      for (const event of scanner.push(chunk)) {
        const facts = reader.read(event)
        if (facts.kind === "error") error = facts.error?.code ?? facts.error?.type
        text += facts.text ?? ""
        if (event.data.startsWith("{")) events.push(JSON.parse(event.data))
      }
  } catch (thrown) {
    error ??= (thrown as { code?: string }).code
  }
  return { text, error, events, complete: reader.complete, final: reader.final }
}

const idsOf = (events: readonly Record<string, unknown>[]): ReadonlySet<unknown> =>
  new Set(
    events.flatMap(({ id, message, response, item_id: item }) => [
      id,
      (message as { id?: unknown } | undefined)?.id,
      (response as { id?: unknown } | undefined)?.id,
      item,
    ]),
  )

const ways: readonly (readonly [GrammarName, How])[] = [
  ["chat", "continue"],
  ["chat", "splice"],
  ["messages", "continue"],
  ["messages", "splice"],
  ["responses", "splice"],
]

describe.each(ways)("a %s stream, %s", (grammar, how) => {
  test("is whole wherever it was cut", async () => {
    const whole = await stream({ grammar })
    expect(whole.text).toBe(says)
    const bytes = (await stream({ grammar, fault: { kind: "stream-cut", afterContent: 99 } })).events.length
    expect(bytes).toBeGreaterThan(5)
    // Of a few letters nobody can tell whether they are gone on with or begun anew.
    for (let afterContent = how === "continue" ? 6 : 1; afterContent <= 12; afterContent++) {
      const fault: FaultRule = { kind: "stream-cut", afterContent }
      const read = await stream({ grammar, how: [how], fault })
      expect(read).toMatchObject({
        text: says,
        error: undefined,
        complete: true,
        final: true,
        resumed: [how],
      })
      expect(idsOf(read.events).size).toBe(idsOf(whole.events).size)
      expect(read.ending?.failure).toBeUndefined()
    }
  })

  test.runIf(how === "continue")(
    "that was cut after a few letters is not gone on with: it might be begun anew",
    async () => {
      const fault: FaultRule = { kind: "stream-cut", afterContent: 1 }
      const read = await stream({ grammar, how: [how], fault })
      expect(read.resumed).toEqual([])
      expect(read.error).toBeDefined()
    },
  )

  test("is never cleanly ended before it is whole, wherever its bytes are cut", async () => {
    for (let afterBytes = 1; afterBytes < 2_400; afterBytes += 37) {
      const fault: FaultRule = { kind: "stream-reset", afterBytes }
      const read = await stream({
        grammar,
        how: [how],
        fault,
        faultOfSecond: { kind: "stream-cut", afterContent: 3 },
      })
      expect(read.error === undefined ? read.text : says.slice(0, read.text.length)).toBe(
        read.error === undefined ? says : read.text,
      )
    }
  })

  test("tells the first cut when nobody can go on", async () => {
    const read = await stream({
      grammar,
      how: [how],
      fault: { kind: "stream-reset", afterContent: 2 },
      faultOfSecond: { kind: "error", error: "overloaded" },
    })
    expect(read).toMatchObject({ error: "answer-cut", complete: false, resumed: [] })
    expect(says.startsWith(read.text)).toBe(true)
  })
})

test("the joined chat has one role, one finish and the usage of both attempts", async () => {
  const read = await stream({
    grammar: "chat",
    how: ["continue"],
    body: { stream_options: { include_usage: true } },
    fault: { kind: "stream-cut", afterContent: 6 },
  })
  const choices = read.events.flatMap(
    ({ choices: all }) => all as { delta: object; finish_reason: unknown }[],
  )
  expect(choices.filter(({ delta }) => "role" in delta)).toHaveLength(1)
  expect(choices.filter(({ finish_reason: reason }) => reason !== null)).toHaveLength(1)
  const usage = read.events.at(-1)?.["usage"] as { completion_tokens: number; estimated: boolean }
  expect(usage.estimated).toBe(true)
  expect(usage.completion_tokens).toBeGreaterThan(12)
})

test("the events of joined responses are numbered without a gap", async () => {
  const read = await stream({ grammar: "responses", fault: { kind: "stream-cut", afterContent: 4 } })
  const numbers = read.events.map(({ sequence_number: number }) => number)
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index))
})

test("what does not come again letter by letter is not spliced", async () => {
  const read = await stream({
    grammar: "chat",
    how: ["splice"],
    fault: { kind: "stream-cut", afterContent: 4 },
    second: { answer: () => "A bellwether was a sheep." },
  })
  expect(read).toMatchObject({ error: "stream-cut", complete: false })
  expect(says.startsWith(read.text)).toBe(true)
})

test("a provider that begins anew although asked to go on gives nothing twice", async () => {
  const read = await stream({
    grammar: "chat",
    how: ["continue"],
    fault: { kind: "stream-cut", afterContent: 6 },
    second: { prefill: "ignore" },
  })
  expect(read).toMatchObject({ text: says, error: undefined, complete: true })
})

test("where the one way is refused the other is tried, and the refusal is not told", async () => {
  const read = await stream({
    grammar: "chat",
    fault: { kind: "stream-cut", afterContent: 6 },
    second: { prefill: "refuse" },
  })
  expect(read).toMatchObject({ text: says, resumed: ["splice"] })
})

test("only endpoints declared to accept prefill are asked to go on", async () => {
  const read = await stream({
    grammar: "chat",
    how: ["continue"],
    fault: { kind: "stream-cut", afterContent: 6 },
    endpoint: { prefill: false },
  })
  expect(read).toMatchObject({ error: "stream-cut", resumed: [] })
  expect(read.requests).toHaveLength(0)
})

test.each([
  ["tools", { tools: [{ type: "function", function: { name: "f", parameters: {} } }], tool_choice: "none" }],
  ["JSON mode", { response_format: { type: "json_object" } }],
])("a request with %s is not continued, but may be spliced", async (_, body) => {
  const read = await stream({ grammar: "chat", body, fault: { kind: "stream-cut", afterContent: 6 } })
  expect(read).toMatchObject({ text: says, resumed: ["splice"] })
})

test("a response the provider keeps is not made twice", async () => {
  const body = { input: "Hello", previous_response_id: "resp_1" }
  const read = await stream({ grammar: "responses", body, fault: { kind: "stream-cut", afterContent: 4 } })
  expect(read.resumed).toEqual([])
})

test("the continuation is asked for what is left of max_tokens", async () => {
  const read = await stream({
    grammar: "chat",
    how: ["continue"],
    body: { max_tokens: 50 },
    fault: { kind: "stream-cut", afterContent: 6 },
  })
  const begun = "A bellwether is the sheep"
  expect(read.requests[0]?.json).toMatchObject({
    max_tokens: 50 - Math.ceil(begun.length / 4),
    messages: [{ role: "user" }, { role: "assistant", content: begun }],
  })
})

test("options are checked", () => {
  expect(() => resume({ how: ["spice" as never] })).toThrow('resume.how[0] can not be "spice"')
  expect(() => resume({ how: [] })).toThrow("resume.how must have at least 1 entry")
})
