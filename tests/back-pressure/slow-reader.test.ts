import { virtualClock } from "@bellwether/testing"
import type { Fault } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { newest, nextText, read, rest } from "../streams/clients.ts"
import { says, setUp } from "../streams/stage.ts"

const nothing: Fault = { kind: "latency" }

/** More than all buffers between a provider and its caller hold, in a few large pieces. */
const endless = `${" ".repeat(150_000)}baa`.repeat(60)

const idleMs = 1_000
const hourMs = 3_600_000

describe.each(newest)("$name", (client) => {
  test("a provider that could go on and on waits for a caller that does not read", async () => {
    await using stage = await setUp(client, nothing, { text: endless })
    const slow = client.pieces(stage.pipeline)
    const first = await nextText(slow)
    // Whatever could have been sent to the one has been sent when the other has everything.
    expect(await read(client, stage.pipeline)).toEqual({ text: endless, error: undefined })
    const [request] = stage.primary.requests
    expect(request?.ending).toBeUndefined()
    expect(request?.bytesWritten).toBeLessThan(endless.length)
    const { text, error } = await rest(slow)
    expect(error).toBeUndefined()
    expect(first + text === endless).toBe(true)
  })

  test("the idle limit does not run while the caller does not read", async () => {
    const clock = virtualClock()
    await using stage = await setUp(client, nothing, { clock, timeout: { idleMs } })
    const pieces = client.pieces(stage.pipeline)
    let text = await nextText(pieces)
    for (let pause = 0; pause < 3; pause++) {
      await clock.advance(hourMs)
      text += await nextText(pieces)
    }
    const last = await rest(pieces)
    expect(last.error).toBeUndefined()
    expect(text + last.text).toBe(says)
    expect(stage.endings).toMatchObject([{ health: "success" }])
  })

  test.skipIf(client.readsAhead)(
    "the idle limit runs, whole, from the moment the caller reads again",
    async () => {
      const clock = virtualClock()
      const stall: Fault = { kind: "stream-stall", afterContent: 2 }
      await using stage = await setUp(client, stall, { clock, timeout: { idleMs } })
      const pieces = client.pieces(stage.pipeline)
      await nextText(pieces)
      await clock.advance(hourMs)
      const { error } = await clock.runUntil(rest(pieces))
      expect(error).toBeInstanceOf(client.APIError)
      expect(stage.endings).toMatchObject([
        { failure: { code: "idle-timeout" }, durationMs: hourMs + idleMs },
      ])
      await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
    },
  )

  test("a finished stream whose provider keeps the socket open is left, and nobody waits for that", async () => {
    const clock = virtualClock()
    await using stage = await setUp(client, { kind: "stream-held-open" }, { clock })
    const { error } = await read(client, stage.pipeline)
    expect([error, clock.now()]).toEqual([undefined, 0])
    expect(stage.primary.inFlight).toBe(1)
    await clock.run()
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
    expect(stage.endings).toMatchObject([{ health: "success" }])
  })
})
