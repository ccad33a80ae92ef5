import { describe, expect, test } from "vitest"
import { answered, endpoint, failover, pipelineOver, refused } from "../test/pipelines.ts"
import { defineHint, Tag } from "./hint.ts"
import type { Plugin } from "./plugin.ts"

const json = (body: unknown, status = 200): Response => Response.json(body, { status })
const hi = json({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] })

describe("hints of a call", () => {
  const colour = defineHint("colour", "a colour", (text) => (text === "red" ? text : undefined))
  const seen: unknown[] = []
  const plugin: Plugin = {
    name: "painter",
    setup: () => ({
      hints: [colour],
      call(request, next, context) {
        seen.push(context.call.hint(colour))
        return next(request, context)
      },
    }),
  }

  test("reach the plugin that reads them, and no provider", async () => {
    const sent: Headers[] = []
    const pipeline = pipelineOver({
      use: [plugin],
      fetch: async (_, init) => {
        sent.push(new Headers(init?.headers))
        return hi.clone()
      },
    })
    await pipeline.call({ path: "/models", headers: { "X-Bellwether-Colour": "red", "x-other": "stays" } })
    await pipeline.call({ path: "/models" })
    expect(seen).toEqual(["red", undefined])
    expect(sent[0]?.get("x-other")).toBe("stays")
    expect([...sent[0]!.keys()].filter((name) => name.startsWith("x-bellwether"))).toEqual([])
  })

  test("that nobody knows are refused as the caller's mistake, before anything is sent", async () => {
    const pipeline = pipelineOver({ use: [plugin], fetch: () => Promise.reject(new Error("sent")) })
    const result = refused(await pipeline.call({ path: "/models", headers: { "x-bellwether-color": "red" } }))
    expect(result.failure).toMatchObject({
      class: "caller-fault",
      code: "invalid-hint",
      message: "There is no header x-bellwether-color: did you mean colour?",
    })
    expect(result.toResponse().status).toBe(400)
    expect(result.call.attempts).toEqual([])
  })

  test("a call may have a deadline of its own", async () => {
    const pipeline = pipelineOver({ fetch: () => new Promise(() => {}) })
    const result = refused(
      await pipeline.call({ path: "/models", headers: { "x-bellwether-deadline-ms": "5" } }),
    )
    expect(result.failure).toMatchObject({ code: "deadline-exceeded" })
    expect(result.failure.message).toContain("5 ms")
  })

  test("a deadline that is no time is refused", async () => {
    const pipeline = pipelineOver({ fetch: async () => hi.clone() })
    for (const deadlineMs of [NaN, 0, -1])
      await expect(pipeline.call({ path: "/models", deadlineMs })).rejects.toThrow("deadlineMs must be")
  })
})

describe("what a call is for, and what it will use", () => {
  test("a tag is a short name", async () => {
    const pipeline = pipelineOver({ fetch: async () => hi.clone() })
    const tagged = async (tag: string) =>
      pipeline.call({ path: "/models", headers: { "x-bellwether-tag": tag } })
    expect((await tagged("search.v2")).call.hint(Tag)).toBe("search.v2")
    expect(refused(await tagged("two words")).failure).toMatchObject({ code: "invalid-hint" })
  })

  test("tokens are estimated by the request's length and its limit", async () => {
    const pipeline = pipelineOver({ fetch: async () => hi.clone() })
    const estimateOf = async (ask: object) => {
      const body = JSON.stringify({
        model: "m",
        messages: [{ role: "user", content: "x".repeat(396) }],
        ...ask,
      })
      return (await pipeline.call({ method: "POST", path: "/chat/completions", body })).call.estimate()
    }
    expect(await estimateOf({})).toEqual({ input: 100 })
    expect(await estimateOf({ max_tokens: 50, n: 3 })).toEqual({ input: 100, output: 150 })
    expect((await pipeline.call({ path: "/models" })).call.estimate()).toEqual({ input: 0 })
  })
})

describe("a call that is to tell its trail", () => {
  const pipeline = pipelineOver({
    endpoints: [endpoint("a"), endpoint("b")],
    use: [failover],
    fetch: async (url) => (url.includes("//a.") ? json({ error: { message: "Ü" } }, 500) : hi.clone()),
  })
  const headers = { "x-bellwether-trail": "true" }

  test("says in the answer's headers who served it and what came before", async () => {
    const { call, response } = answered(await pipeline.call({ path: "/models", headers }))
    expect(response.headers.get("x-bellwether-call")).toBe(call.id)
    expect(response.headers.get("x-bellwether-target")).toBe("b/key-1")
    expect(response.headers.get("x-bellwether-attempts")).toBe("2")
    const steps = (JSON.parse(response.headers.get("x-bellwether-trail")!) as { step: string }[]).map(
      ({ step }) => step,
    )
    expect(steps.slice(0, 3)).toEqual(["attempt-started", "attempt-failed", "attempt-started"])
    expect(await response.json()).toEqual(await hi.clone().json())
  })

  test("says so of a failure too", async () => {
    const failing = pipelineOver({ fetch: async () => json({}, 500) })
    const response = refused(await failing.call({ path: "/models", headers })).toResponse()
    expect(response.status).toBe(500)
    expect(response.headers.get("x-bellwether-attempts")).toBe("1")
    expect(response.headers.has("x-bellwether-target")).toBe(false)
  })

  test("stays JSON when it is long: its end, and how much was left out before", async () => {
    const chatty: Plugin = {
      name: "chatty",
      setup: () => ({
        call(request, next, context) {
          for (let count = 0; count < 200; count++)
            context.call.note({
              step: "target-skipped",
              target: "a/key-1",
              reason: `“no” for the ${count}th time`,
            })
          return next(request, context)
        },
      }),
    }
    const long = pipelineOver({ use: [chatty], fetch: async () => hi.clone() })
    const text = answered(await long.call({ path: "/models", headers })).response.headers.get(
      "x-bellwether-trail",
    )!
    const [first, ...others] = JSON.parse(text) as ({ leftOut: number } & { step: string })[]
    expect(text.length).toBeLessThan(5_000)
    expect(first!.leftOut + others.length).toBe(202)
    expect(others.at(-1)?.step).toBe("attempt-succeeded")
  })

  test("others say nothing of the kind", async () => {
    const { response } = answered(await pipeline.call({ path: "/models" }))
    expect([...response.headers.keys()].filter((name) => name.startsWith("x-bellwether"))).toEqual([])
  })
})

describe("explain", () => {
  test("tells what a call did, while it runs and when it is over", async () => {
    const late = Promise.withResolvers<Response>()
    const pipeline = pipelineOver({ fetch: () => late.promise })
    const running = Promise.withResolvers<string>()
    pipeline.on({ name: "attempt-started" }, (data: { attempt: { call: { id: string } } }) =>
      running.resolve(data.attempt.call.id),
    )
    const calling = pipeline.call({ path: "/models" })
    const id = await running.promise
    expect(pipeline.explain(id)).toMatchObject({ id, operation: "models", state: "running" })
    late.resolve(json({ error: { message: "no" } }, 503))
    await calling
    expect(pipeline.explain(id)).toMatchObject({
      id,
      state: "failed",
      failure: { class: "overloaded" },
      trail: [
        { step: "attempt-started", target: "a/key-1" },
        { step: "attempt-failed", status: 503 },
      ],
    })
  })

  test("remembers the last hundred calls", async () => {
    const pipeline = pipelineOver({ fetch: async () => hi.clone() })
    const ids: string[] = []
    for (let count = 0; count < 150; count++) ids.push((await pipeline.call({ path: "/models" })).call.id)
    expect(ids.map((id) => pipeline.explain(id)?.state)).toEqual([
      ...Array.from({ length: 50 }, () => undefined),
      ...Array.from({ length: 100 }, () => "answered"),
    ])
  })

  test("knows nothing of a call that never was", () => {
    expect(pipelineOver({ fetch: async () => hi.clone() }).explain("nobody")).toBeUndefined()
  })
})
