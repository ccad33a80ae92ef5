import { describe, expect, test } from "vitest"
import { abortCalls } from "./soak/aborted-calls.ts"
import { readStreams } from "./soak/concurrent-streams.ts"

// The short version of `npm run soak`, which also watches the memory.
describe.concurrent("law 8: nothing is left of a call that is over", () => {
  test("calls given up at every moment there is leave no timer, no listener and no socket", async () => {
    const left = await abortCalls({ calls: 300, atOnce: 30, seed: 7 })
    expect(left).toEqual({ endings: { cancelled: 300 }, timers: 0, listeners: 0, sockets: 0, exchanges: 0 })
  })

  test("two hundred streams at once are read to their end and leave as little", async () => {
    const left = await readStreams({ streams: 200, rounds: 1 })
    expect(left).toEqual({ endings: { whole: 200 }, timers: 0, listeners: 0, sockets: 0 })
  })
})
