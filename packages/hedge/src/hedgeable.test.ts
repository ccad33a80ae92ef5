import { Excluded } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { after, failing, stageOf, tidy } from "../test/stage.ts"

// A first content comes 100 ms after the head, and the delay is 1,000 ms.

/** Moves a call on to a target that has not failed it, as `retry` does. */
const mover: Plugin = {
  name: "mover",
  setup: () => ({
    async call(request, next, context) {
      for (;;) {
        const tried = context.call.attempts.map(({ target }) => target.id)
        const answer = await next(request, context.with(Excluded, new Set(tried)))
        if (answer.ok || answer.attempt === undefined) return answer
      }
    },
  }),
}

describe("what is hedged and what is not", () => {
  const late = { a: [after(5_000)], b: [after(300)] }

  test.each([
    ["a plain answer", {}, { stream: false }],
    ["an answer that has no first content", { path: "/embeddings" }, { input: "Why?" }],
    ["a response that goes on from another", { path: "/responses" }, { previous_response_id: "resp_1" }],
    ["a response made in the background", { path: "/responses" }, { background: true, input: "Why?" }],
    [
      "a response with tools of other servers",
      { path: "/responses" },
      { tools: [{ type: "mcp" }], input: "" },
    ],
    ["a message with tools of other servers", { path: "/messages" }, { mcp_servers: [{ url: "" }] }],
  ])("not %s", async (_, input, ask) => {
    const stage = stageOf(late)
    await stage.clock.runUntil(stage.ask({ ...input, ask }))
    expect(stage.providers["b"]!.requests).toEqual([])
  })

  test("not a call that may go to one target only", async () => {
    const stage = stageOf({ a: [after(5_000)] })
    expect((await stage.clock.runUntil(stage.ask())).attempts).toEqual(["a first ok"])
    expect(stage.pipeline.inspect().plugins["hedge"]).toEqual({ models: {} })
  })

  test("not at a target that somebody outside has excluded", async () => {
    const excluder: Plugin = {
      name: "excluder",
      setup: () => ({
        call: (request, next, context) => next(request, context.with(Excluded, new Set(["b/no-key"]))),
      }),
    }
    const stage = stageOf({ ...late, c: [after(400)] }, { outside: [excluder] })
    expect((await stage.clock.runUntil(stage.ask())).attempts).toEqual(["a first superseded", "c hedge ok"])
  })

  test("not a call that has earned nothing: its second attempt brings in no more than its first", async () => {
    const scripts = { a: [failing(10)], b: [after(5_000)], c: [after(300)] }
    const stage = stageOf(scripts, { outside: [mover], hedge: { delayMs: 1_000, maxExtra: 0.5 } })
    expect((await stage.clock.runUntil(stage.ask())).attempts).toEqual(["a first server-error", "b first ok"])
    expect((await stage.clock.runUntil(stage.ask())).attempts).toHaveLength(3)
  })

  test("not a call that has no attempt left", async () => {
    const stage = stageOf(late, { attempts: 1 })
    expect((await stage.clock.runUntil(stage.ask())).atMs).toBe(5_100)
  })

  test("not what goes on with a stream that was cut", async () => {
    const resumer: Plugin = {
      name: "resumer",
      setup: () => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          const goOn = async () => {
            const continuation = await next(request, context)
            return continuation.ok ? { answer: continuation, rewrite: () => "drop" as const } : undefined
          }
          if (answer.ok) answer.onCut({ delivered: () => {}, goOn })
          return answer
        },
      }),
    }
    const cut = { says: "one two", faults: [{ kind: "stream-cut", afterContent: 1 }] } as const
    const stage = stageOf({ a: [cut, after(5_000)], b: [] }, { outside: [resumer] })
    expect((await stage.clock.runUntil(stage.ask())).attempts).toEqual([
      "a first broken-response",
      "a first ok",
    ])
    expect(stage.told).toEqual([])
  })

  test("bytes as well as text", async () => {
    const stage = stageOf(late)
    const body = new TextEncoder().encode(JSON.stringify({ model: "gpt-4o", stream: true, messages: [] }))
    expect((await stage.clock.runUntil(stage.ask({ body }))).atMs).toBe(1_400)
  })

  test("the target a call has moved on to, once in the call, and where it was not yet", async () => {
    const a = ["well", failing(10)]
    const scripts = { a, b: [failing(3_000)], c: [failing(5_000)], d: [after(1_500)], e: [] }
    const stage = stageOf(scripts, { outside: [mover] })
    // Brings in what a second hedge would cost.
    await stage.clock.runUntil(stage.ask())
    const begunAtMs = stage.clock.now()
    const { attempts, atMs } = await stage.clock.runUntil(stage.ask())
    expect(attempts).toEqual([
      "a first server-error",
      "b first server-error",
      "c hedge server-error",
      "d first ok",
    ])
    expect(stage.told[0]).toContain("started b → c after 1000")
    expect(atMs - begunAtMs).toBe(6_010 + 1_600)
    await tidy(stage)
  })

  test("what brings tools that the caller runs", async () => {
    const stage = stageOf({ a: [after(5_000)], b: [after(300)] })
    const tools = [
      { type: "function", function: { name: "mcp", description: '"type":"mcp"', parameters: {} } },
    ]
    const told = await stage.clock.runUntil(stage.ask({ ask: { tools } }))
    expect(told.attempts).toHaveLength(2)
  })
})
