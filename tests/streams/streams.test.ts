import type { Fault } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { clients, read } from "./clients.ts"
import { says, setUp } from "./stage.ts"

const named = (faults: readonly Fault[]) => faults.map((fault) => [JSON.stringify(fault), fault] as const)

/** Nothing a user would see has come. */
const beforeContent: readonly Fault[] = [
  { kind: "connection-reset" },
  { kind: "reset-after-headers" },
  { kind: "body-html" },
  { kind: "body-error" },
  { kind: "stream-empty" },
  { kind: "stream-as-json" },
  { kind: "stream-cut", afterContent: 0 },
  { kind: "stream-cut", afterContent: 0, ending: "close" },
  { kind: "stream-reset", afterContent: 0 },
  { kind: "stream-error", afterContent: 0 },
  { kind: "stream-error", afterContent: 0, form: "event" },
  { kind: "stream-garbage", afterContent: 0 },
]

/** A part of the answer has been delivered. */
const afterContent: readonly Fault[] = [
  { kind: "stream-cut", afterContent: 3 },
  { kind: "stream-cut", afterContent: 3, ending: "close" },
  { kind: "stream-reset", afterContent: 3 },
  { kind: "stream-error", afterContent: 3 },
  { kind: "stream-error", afterContent: 3, form: "event" },
  { kind: "stream-error", afterContent: 3, error: "overloaded" },
]

/** What one SDK can read and another cannot, as the bare SDKs do. */
const debatable: readonly Fault[] = [
  { kind: "stream-omit", part: "terminal" },
  { kind: "stream-omit", part: "finish" },
  { kind: "stream-garbage", afterContent: 3 },
  { kind: "stream-garbage", afterContent: 3, garbage: "bytes" },
  { kind: "stream-error", afterContent: 3, form: "failed" },
  { kind: "stream-cut", afterContent: 1_000 },
  { kind: "stream-line-ends", lineEnd: "\r" },
]

/** Only slow or unusual. */
const harmless: readonly Fault[] = [
  { kind: "stream-held-open" },
  { kind: "stream-slice" },
  { kind: "stream-slice", chunkBytes: 7 },
  { kind: "stream-split", atByte: 777 },
  { kind: "stream-line-ends" },
  { kind: "stream-comments" },
  { kind: "stream-big-event" },
  { kind: "stream-trickle", everyMs: 1 },
  { kind: "body-gzip", how: "valid" },
]

describe.each(clients)("$name", (client) => {
  test.each(named(beforeContent))("moves on from %s, and reads the whole answer", async (_, fault) => {
    await using stage = await setUp(client, fault)
    expect(await read(client, stage.pipeline)).toEqual({ text: says, error: undefined })
    expect(stage.fallback.requests).toHaveLength(1)
  })

  test.each(named(afterContent))("raises %s, and what it read is the truth", async (_, fault) => {
    await using stage = await setUp(client, fault)
    const { text, error } = await read(client, stage.pipeline)
    expect(error).toBeInstanceOf(client.APIError)
    expect(text).not.toBe("")
    expect(says.startsWith(text) && text !== says).toBe(true)
    expect(stage.fallback.requests).toEqual([])
    expect(stage.endings).toMatchObject([{ health: "failure" }])
  })

  test.each(named(debatable))("reads all in spite of %s, or raises it", async (_, fault) => {
    await using stage = await setUp(client, fault)
    const { text, error } = await read(client, stage.pipeline)
    expect(error === undefined ? text === says : says.startsWith(text)).toBe(true)
  })

  test.each(named(harmless))("does not notice %s", async (_, fault) => {
    await using stage = await setUp(client, fault)
    expect(await read(client, stage.pipeline)).toEqual({ text: says, error: undefined })
    expect(stage.fallback.requests).toEqual([])
  })

  test("moves on from a silence before the first content, whatever else comes", async () => {
    const fault: Fault = { kind: "stream-stall", afterContent: 0, keepAliveEveryMs: 5 }
    await using stage = await setUp(client, fault, { timeout: { firstContentMs: 50 } })
    expect(await read(client, stage.pipeline)).toEqual({ text: says, error: undefined })
    expect(stage.endings).toMatchObject([{ failure: { code: "first-content-timeout" } }])
  })

  test("raises a silence in the middle, whatever else comes, with our code", async () => {
    const fault: Fault = { kind: "stream-stall", afterContent: 3, keepAliveEveryMs: 5 }
    await using stage = await setUp(client, fault, { timeout: { idleMs: 50 } })
    const { text, error } = await read(client, stage.pipeline)
    expect(error).toBeInstanceOf(client.APIError)
    expect(text !== "" && says.startsWith(text)).toBe(true)
    expect(stage.endings).toMatchObject([{ failure: { code: "idle-timeout" }, health: "failure" }])
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
  })

  test("law 8: leaves early, and the provider's connection closes", async () => {
    await using stage = await setUp(client, { kind: "stream-stall", afterContent: 2 })
    for await (const piece of client.pieces(stage.pipeline)) if (piece !== "") break
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
    expect(stage.fallback.requests).toEqual([])
  })
})
