import { seededRandom, virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { isWhole, spoken, streamedAnswer, textOf } from "./speech.ts"

/** What is heard, and how long it takes. */
async function heard(cutAfter?: number, messages: readonly object[] = []) {
  const clock = virtualClock()
  const request = { path: "/", body: JSON.stringify({ messages }), signal: new AbortController().signal }
  const speech = { sheep: 5, atOnce: 2, pauseMs: 100, ...(cutAfter !== undefined && { cutAfter }) }
  const response = spoken(speech, { clock, chance: seededRandom(1), request })
  const stream = await clock.runUntil(response.text())
  return { text: textOf(stream), tookMs: clock.now(), isEnded: stream.endsWith("data: [DONE]\n\n") }
}

describe("an answer that counts sheep", () => {
  test("is whole when all are counted, and takes its time", async () => {
    const { text, ...rest } = await heard()
    expect(text).toBe("5 sheep jump over a fence: 1 2 3 4 5 ")
    expect(isWhole(text)).toBe(true)
    expect(rest).toEqual({ tookMs: 200, isEnded: true })
  })

  test.each([0, 1, 4])("is not whole when it is cut after %i", async (cutAfter) => {
    const { text, isEnded } = await heard(cutAfter)
    expect(isWhole(text)).toBe(false)
    expect(isEnded).toBe(false)
  })

  test("goes on from its beginning", async () => {
    const begun = "7 sheep jump over a fence: 1 2 3 "
    const { text } = await heard(undefined, [{ role: "assistant", content: begun }])
    expect(text).toBe("4 5 6 7 ")
    expect(isWhole(begun + text)).toBe(true)
  })

  test("can be of no sheep at all", async () => {
    expect(isWhole(textOf(await streamedAnswer().text()))).toBe(true)
    expect(isWhole("")).toBe(false)
  })
})
