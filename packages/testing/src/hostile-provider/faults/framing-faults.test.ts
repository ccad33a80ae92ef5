import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { exampleRequest, grammarNames } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"

const answer = (): string => "naïve 羊群 🔔 home"

let provider: HostileProvider
beforeAll(async () => {
  provider = await startHostileProvider({ answer })
})
afterAll(() => provider.close())
beforeEach(() => provider.clear())

/** The chunks of a stream, without what differs from one answer to the next. */
const chunksOf = async (grammar: (typeof grammarNames)[number]) => {
  const { path, body } = exampleRequest(grammar, { stream: true })
  const response = await fetch(provider.origin + path, { method: "POST", body: JSON.stringify(body) })
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return { chunks, text, same: text.replaceAll(/_?[a-z0-9]+0000\w+|"created(_at)?":\d+/g, "…") }
}

describe.each(grammarNames)("%s", (grammar) => {
  test("one byte at a time is the same stream", async () => {
    const whole = await chunksOf(grammar)
    provider.inject({ kind: "stream-slice" })
    const sliced = await chunksOf(grammar)
    expect(sliced.chunks.every(({ length }) => length === 1)).toBe(true)
    expect(sliced.same).toBe(whole.same)
  })

  test("split anywhere it is the same stream", async () => {
    const whole = await chunksOf(grammar)
    const length = Buffer.byteLength(whole.text)
    for (let atByte = 1; atByte < length; atByte += 31) {
      provider.clear()
      provider.inject({ kind: "stream-split", atByte })
      const split = await chunksOf(grammar)
      expect(split.chunks[0]).toHaveLength(atByte)
      expect(split.same).toBe(whole.same)
    }
  })

  test.each(["\r\n", "\r"] as const)("lines can end in %j", async (lineEnd) => {
    const whole = await chunksOf(grammar)
    provider.inject({ kind: "stream-line-ends", lineEnd })
    const { same } = await chunksOf(grammar)
    expect(same).toBe(whole.same.replaceAll("\n", lineEnd))
  })

  test("comments can stand before every event", async () => {
    const whole = await chunksOf(grammar)
    provider.inject({ kind: "stream-comments", comment: ": still here" })
    const { text, same } = await chunksOf(grammar)
    expect(text.match(/^: still here$/gm)).toHaveLength(whole.text.match(/^data: /gm)?.length ?? 0)
    expect(same.replaceAll(": still here\n\n", "")).toBe(whole.same)
  })

  test("an event can be a megabyte and say the same", async () => {
    const whole = await chunksOf(grammar)
    provider.inject({ kind: "stream-big-event" })
    const { text, same } = await chunksOf(grammar)
    expect(Math.max(...text.split("\n\n").map((each) => each.length))).toBeGreaterThan(1_000_000)
    expect(same.replaceAll(/\{ +/g, "{")).toBe(whole.same)
  })
})

test("slices cut characters apart", async () => {
  provider.inject({ kind: "stream-slice", chunkBytes: 3 })
  const { chunks } = await chunksOf("chat")
  const alone = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("")
  expect(alone).toContain("\uFFFD")
})
