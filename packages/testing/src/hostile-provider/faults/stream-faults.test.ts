import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { virtualClock } from "../../virtual-clock.ts"
import { exampleRequest, grammarNames } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"
import { rawExchange } from "../raw-exchange.ts"

type Grammar = (typeof grammarNames)[number]

let provider: HostileProvider
beforeAll(async () => {
  provider = await startHostileProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.clear())

const ask = (grammar: Grammar, signal?: AbortSignal) => {
  const { path, body } = exampleRequest(grammar, { stream: true })
  const init = { method: "POST", body: JSON.stringify(body), ...(signal ? { signal } : {}) }
  return fetch(provider.origin + path, init)
}

/** Reads as far as it goes, or until there is enough. */
const read = async (response: Response, enough: (text: string) => boolean = () => false) => {
  const decoder = new TextDecoder()
  let text = ""
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (enough(text)) return { text, cleanEnd: false }
    }
    return { text, cleanEnd: true }
  } catch {
    return { text, cleanEnd: false }
  }
}

const contentEvents = {
  chat: /"delta":\{"content":"[^"]/g,
  responses: /^event: response\.output_text\.delta$/gm,
  messages: /^event: content_block_delta$/gm,
}

const finishes = {
  chat: /"finish_reason":"stop"/,
  responses: /^event: response\.output_text\.done$/m,
  messages: /"stop_reason":"end_turn"/,
}

const terminals = {
  chat: /^data: \[DONE\]$/m,
  responses: /^event: response\.completed$/m,
  messages: /^event: message_stop$/m,
}

const course = (grammar: Grammar, text: string) => ({
  content: text.match(contentEvents[grammar])?.length ?? 0,
  finish: finishes[grammar].test(text),
  terminal: terminals[grammar].test(text),
})

const said = { type: "overloaded_error", message: "Overloaded" }

const errorEvents = {
  chat: { name: undefined, data: { error: said } },
  responses: {
    name: "error",
    data: { type: "error", message: "Overloaded", sequence_number: expect.any(Number) },
  },
  messages: { name: "error", data: { type: "error", error: said } },
}

const parsed = (event = "") => ({
  name: /^event: (.*)$/m.exec(event)?.[1],
  data: JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "") as unknown,
})

const last = () => provider.requests.at(-1)

describe.each(grammarNames)("a stream of %s", (grammar) => {
  test("is whole without a fault", async () => {
    const { text, cleanEnd } = await read(await ask(grammar))
    expect(course(grammar, text)).toEqual({ content: expect.any(Number), finish: true, terminal: true })
    expect(course(grammar, text).content).toBeGreaterThan(10)
    expect(cleanEnd).toBe(true)
  })

  test("can be cut cleanly after any number of content events", async () => {
    for (const afterContent of [0, 1, 5]) {
      provider.clear()
      provider.inject({ kind: "stream-cut", afterContent })
      const { text, cleanEnd } = await read(await ask(grammar))
      expect(course(grammar, text)).toEqual({ content: afterContent, finish: false, terminal: false })
      expect(text).toMatch(/\n\n$/)
      expect(cleanEnd).toBe(true)
      expect(last()?.ending).toBe("completed")
    }
  })

  test("cut before the first content still has its preamble", async () => {
    provider.inject({ kind: "stream-cut", afterContent: 0 })
    const { text } = await read(await ask(grammar))
    expect(text).toMatch(/"role":"assistant"/)
  })

  test("cut after more content than there is lacks only its end", async () => {
    const whole = course(grammar, (await read(await ask(grammar))).text)
    provider.inject({ kind: "stream-cut", afterContent: 10_000 })
    const { text } = await read(await ask(grammar))
    expect(course(grammar, text)).toEqual({ content: whole.content, finish: false, terminal: false })
  })

  test("can be cut at any byte", async () => {
    provider.inject({ kind: "stream-cut", afterBytes: 333 })
    const { text, cleanEnd } = await read(await ask(grammar))
    expect(Buffer.byteLength(text)).toBe(333)
    expect(cleanEnd).toBe(true)
  })

  test("can be closed without the end HTTP wants", async () => {
    provider.inject({ kind: "stream-cut", afterContent: 2, ending: "close" })
    const { text, cleanEnd } = await read(await ask(grammar))
    expect(course(grammar, text).content).toBe(2)
    expect(cleanEnd).toBe(false)
    expect(last()?.ending).toBe("closed-by-us")
  })

  test("can be reset", async () => {
    provider.inject({ kind: "stream-reset", afterContent: 2 })
    const { cleanEnd } = await read(await ask(grammar))
    expect(cleanEnd).toBe(false)
    expect(last()?.ending).toBe("reset-by-us")
  })

  test("can stall, before content and after, until the client goes", async () => {
    for (const afterContent of [0, 3]) {
      provider.clear()
      provider.inject({ kind: "stream-stall", afterContent })
      const { text } = await read(await ask(grammar), (received) => {
        const { content } = course(grammar, received)
        return content === afterContent && received.includes("assistant")
      })
      expect(course(grammar, text).terminal).toBe(false)
      await provider.until(({ inFlight }) => inFlight === 0)
      expect(last()).toMatchObject({ ending: "aborted-by-client" })
    }
  })

  test("can stall with signs of life", async () => {
    const clock = virtualClock()
    await using stalling = await startHostileProvider({ clock })
    stalling.inject({ kind: "stream-stall", afterContent: 0, keepAliveEveryMs: 1000 })
    const beat = grammar === "messages" ? /^event: ping$/gm : /^: keep-alive$/gm
    const { path, body } = exampleRequest(grammar, { stream: true })
    const response = await fetch(stalling.origin + path, { method: "POST", body: JSON.stringify(body) })
    const beats = grammar === "messages" ? 4 : 3
    const reading = read(response, (text) => text.match(beat)?.length === beats)
    for (const _ of [1, 2, 3]) await clock.advance(1000)
    const { text } = await reading
    expect(course(grammar, text)).toEqual({ content: 0, finish: false, terminal: false })
  })

  test("can err in the way of its grammar, before content and after", async () => {
    for (const afterContent of [0, 2]) {
      provider.clear()
      provider.inject({ kind: "stream-error", afterContent, error: "overloaded" })
      const { text, cleanEnd } = await read(await ask(grammar))
      expect(course(grammar, text)).toEqual({ content: afterContent, finish: false, terminal: false })
      const events = text.trimEnd().split("\n\n")
      expect(parsed(events.at(-1))).toMatchObject(errorEvents[grammar])
      expect(cleanEnd).toBe(true)
    }
  })

  test("can hold an event of broken JSON and go on", async () => {
    provider.inject({ kind: "stream-garbage", afterContent: 2 })
    const { text } = await read(await ask(grammar))
    const broken = text.split("\n\n").filter((event) => {
      const data = /^data: (.*)$/m.exec(event)?.[1]
      return data !== undefined && data !== "[DONE]" && !isJson(data)
    })
    expect(broken).toHaveLength(1)
    expect(course(grammar, text)).toMatchObject({ finish: true, terminal: true })
  })

  test("can hold bytes that are no text", async () => {
    provider.inject({ kind: "stream-garbage", afterContent: 2, garbage: "bytes" })
    const { text } = await read(await ask(grammar))
    expect(text).toContain("\uFFFD")
    expect(course(grammar, text).terminal).toBe(true)
  })

  test("can be empty", async () => {
    provider.inject({ kind: "stream-empty" })
    const response = await ask(grammar)
    expect(response.headers.get("content-type")).toContain("text/event-stream")
    expect(await read(response)).toEqual({ text: "", cleanEnd: true })
  })

  test.each([
    ["terminal", { finish: true, terminal: false }],
    ["finish", { finish: false, terminal: true }],
    ["content", { content: 0, finish: true, terminal: true }],
  ] as const)("can lack its %s", async (part, expected) => {
    provider.inject({ kind: "stream-omit", part })
    const { text, cleanEnd } = await read(await ask(grammar))
    expect(course(grammar, text)).toMatchObject(expected)
    expect(cleanEnd).toBe(true)
  })

  test("can leave the socket open after its terminal", async () => {
    provider.inject({ kind: "stream-held-open" })
    const { text } = await read(await ask(grammar), (received) => course(grammar, received).terminal)
    expect(course(grammar, text)).toMatchObject({ finish: true, terminal: true })
    await provider.until(({ inFlight }) => inFlight === 0)
    expect(last()?.ending).toBe("aborted-by-client")
  })

  test("can be answered with plain JSON, or with HTML", async () => {
    provider.inject({ kind: "stream-as-json" }, { hits: 1 })
    const json = await ask(grammar)
    expect(json.headers.get("content-type")).toBe("application/json")
    expect(await json.json()).toMatchObject({ model: "gpt-4o", usage: expect.anything() })
    provider.inject({ kind: "body-html" })
    expect(await (await ask(grammar)).text()).toContain("<html>")
  })

  test("can trickle, each content event after its wait", async () => {
    const clock = virtualClock()
    await using slow = await startHostileProvider({ clock, answer: () => "one two three" })
    slow.inject({ kind: "stream-trickle", everyMs: 700 })
    const { path, body } = exampleRequest(grammar, { stream: true })
    const response = await fetch(slow.origin + path, { method: "POST", body: JSON.stringify(body) })
    await clock.run()
    expect(course(grammar, (await read(response)).text)).toMatchObject({ content: 3, terminal: true })
    expect(slow.requests[0]).toMatchObject({ firstByteAtMs: 0, endedAtMs: 2100 })
  })
})

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test("an error in a response has its place in the sequence", async () => {
  provider.inject({ kind: "stream-error", afterContent: 3 })
  const events = (await read(await ask("responses"))).text.trimEnd().split("\n\n")
  const numbers = events.map((event) => (parsed(event).data as { sequence_number: number }).sequence_number)
  expect(numbers).toEqual([...events.keys()])
})

test("a failed response is an event of its own", async () => {
  provider.inject({ kind: "stream-error", form: "failed", error: "server-error" })
  const { text } = await read(await ask("responses"))
  expect(parsed(text.trimEnd().split("\n\n").at(-1))).toMatchObject({
    name: "response.failed",
    data: { response: { status: "failed", error: { code: "server_error" } } },
  })
})

test("an error in a chat can be a named event", async () => {
  provider.inject({ kind: "stream-error", form: "event" })
  const { text } = await read(await ask("chat"))
  expect(text).toMatch(/^event: error\ndata: \{"error":/m)
})

test("faults of streams spare plain answers, which do not count as hits", async () => {
  const injected = provider.inject({ kind: "stream-cut" }, { nth: 1 })
  const { path, body } = exampleRequest("chat")
  const plain = await fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })
  expect(await plain.json()).toMatchObject({ object: "chat.completion" })
  expect(injected.hits).toBe(0)
  await read(await ask("chat"))
  expect(injected.hits).toBe(1)
})

test("a stream closed without its end lacks the last chunk of HTTP", async () => {
  const request = exampleRequest("chat", { stream: true })
  expect((await rawExchange(provider.port, request)).rest).toMatch(/\r\n0\r\n\r\n$/)
  provider.inject({ kind: "stream-cut", ending: "close" })
  const { rest, ending } = await rawExchange(provider.port, request)
  expect(rest).not.toMatch(/\r\n0\r\n\r\n$/)
  expect(ending).toBe("end")
})
