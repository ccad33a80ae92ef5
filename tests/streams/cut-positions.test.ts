import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import { describe, expect, test } from "vitest"
import { models, newest, read } from "./clients.ts"
import type { Client } from "./clients.ts"

const says = "Ja 🔔."

/** A client over a primary that can be broken and a fallback that is well, in virtual time. */
function stageOf({ provider }: Client) {
  const clock = virtualClock()
  const options = { clock, models, answer: () => says }
  const primary = scriptedProvider({ ...options, origin: "https://primary.test" })
  const fallback = scriptedProvider({ ...options, origin: "https://fallback.test" })
  const pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, provider },
      { id: "fallback", baseURL: fallback.baseURL, provider },
    ],
    circuitBreaker: false,
    health: false,
    fetch: scriptedFetch(primary, fallback),
    clock,
    random: seededRandom(1),
  })
  return { clock, primary, fallback, pipeline }
}

describe.each(newest)("$name", (client) => {
  test.each([
    ["stream-cut", 1],
    ["stream-reset", 31],
  ] as const)(
    "law 7: %s at whatever byte is rescued, raised, or after the end; never taken for the whole",
    async (kind, everyBytes) => {
      const { clock, primary, fallback, pipeline } = stageOf(client)
      const reading = () => clock.runUntil(read(client, pipeline))
      expect(await reading()).toEqual({ text: says, error: undefined })
      const length = primary.requests[0]?.bytesWritten ?? 0
      const seen = { rescued: 0, raised: 0 }
      for (let afterBytes = 0; afterBytes <= length; afterBytes += everyBytes) {
        primary.follow([{ kind, afterBytes }])
        const rescues = fallback.requests.length
        const { text, error } = await reading()
        const isRescued = fallback.requests.length > rescues
        const isTrue = error === undefined ? text === says : says.startsWith(text)
        expect(isTrue && (error === undefined || error instanceof client.APIError)).toBe(true)
        if (error !== undefined) seen.raised++
        else if (isRescued) seen.rescued++
      }
      expect(Math.min(seen.rescued, seen.raised)).toBeGreaterThan(200 / everyBytes)
      expect([clock.pending, primary.inFlight, fallback.inFlight]).toEqual([0, 0, 0])
    },
  )
})
