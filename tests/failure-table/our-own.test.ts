import { Choice, Excluded, TargetRefused } from "@bellwether/core"
import type { Answer, Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { questions } from "../support/questions.ts"
import { setUp } from "./stage.ts"
import { error, fault } from "./trouble.ts"

const hung = fault("nothing ever", { kind: "black-hole" })

describe.concurrent.each(["several", "sole"] as const)("cancelled, with %s", (setting) => {
  test("law 8: a call that waits for headers ends with the caller's reason, and nobody else is asked", async () => {
    await using stage = await setUp({ setting, struck: [["a1", hung]] })
    const controller = new AbortController()
    const got = stage.call("chat", { signal: controller.signal })
    await stage.a.until(({ inFlight }) => inFlight === 1)
    controller.abort("enough")
    expect((await got).result).toMatchObject({ ok: false, failure: { class: "cancelled" } })
    await stage.a.until(({ inFlight }) => inFlight === 0)
    expect(stage.a.requests.map(({ ending }) => ending)).toEqual(["aborted-by-client"])
    expect(stage.asked).toBe("a1")
    expect(stage.ended).toMatchObject([{ failure: { class: "cancelled" }, health: "neutral" }])
  })

  test("a fetch rejects with the very reason of the signal", async () => {
    await using stage = await setUp({ setting, struck: [["a1", hung]] })
    const controller = new AbortController()
    const { path, ...init } = questions.chat()
    const fetched = stage.pipeline.fetch(path, { ...(init as RequestInit), signal: controller.signal })
    await stage.a.until(({ inFlight }) => inFlight === 1)
    const reason = new Error("enough")
    controller.abort(reason)
    await expect(fetched).rejects.toBe(reason)
  })

  test("however often it happens, no circuit opens", async () => {
    await using stage = await setUp({ setting, struck: [["a1", hung]] })
    for (let calls = 1; calls <= 4; calls++) {
      const controller = new AbortController()
      const got = stage.call("chat", { signal: controller.signal })
      await stage.a.until(({ inFlight, requests }) => inFlight === 1 && requests.length === calls)
      controller.abort()
      await got
      await stage.a.until(({ inFlight }) => inFlight === 0)
    }
    expect(stage.circuit("a1")).toBe("closed")
  })
})

/** Asks two targets at once and takes the first answer. */
const hedgeAtOnce: Plugin = {
  name: "hedge-at-once",
  inside: ["retry"],
  setup: ({ targets }) => ({
    async call(request, next, context) {
      const branches = targets.slice(0, 2).map(() => context.branch())
      const answers = branches.map(async (branch, index): Promise<[number, Answer]> => {
        const target = targets[index]
        const chosen = target && { target, kind: index === 0 ? ("first" as const) : ("hedge" as const) }
        return [index, await next(request, branch.context.with(Choice, chosen).with(Excluded, new Set()))]
      })
      const [winner, answer] = await Promise.any(
        answers.map(async (pending) => {
          const [index, answer] = await pending
          return answer.ok ? ([index, answer] as const) : Promise.reject(new Error("no answer"))
        }),
      )
      branches.forEach((branch, index) => index === winner || branch.cancel("superseded"))
      return answer
    },
  }),
}

test.concurrent("superseded: the loser of a hedge is ended, and nothing is held against it", async () => {
  await using stage = await setUp({
    setting: "several",
    struck: [["a1", hung]],
    with: { use: [hedgeAtOnce] },
  })
  const { result } = await stage.call("chat")
  expect(result.ok).toBe(true)
  expect(stage.asked).toBe("a1 a2")
  expect(stage.ended.find(({ target }) => target === "a1")).toMatchObject({
    failure: { class: "superseded" },
    health: "neutral",
  })
  await stage.a.until(({ inFlight }) => inFlight === 0)
  expect(stage.a.requests[0]?.ending).toBe("aborted-by-client")
  expect(stage.circuit("a1")).toBe("closed")
})

describe.concurrent("target-refused", () => {
  test("a refusal moves the call on and uses up no attempt", async () => {
    await using stage = await setUp({
      setting: "several",
      struck: [["a1 a2", error("server-error")]],
      // Without a router the refusal comes at admission, not before.
      with: { router: false, attempts: 3, retry: { repeats: 0 } },
    })
    const refusals: string[] = []
    stage.pipeline.on(TargetRefused, ({ target, source }) => refusals.push(`${target.key} by ${source}`))
    for (let calls = 0; calls < 3; calls++) await stage.call("chat")
    expect(stage.circuit("a1")).toBe("open")
    const before = stage.a.requests.length
    const { result } = await stage.call("chat")
    expect(refusals).toEqual(["a1 by circuit-breaker"])
    expect(result.ok).toBe(true)
    expect(result.call.attempts.map(({ target, number }) => `${number} ${target.key}`)).toEqual([
      "1 a2",
      "2 b1",
    ])
    expect(result.call.trail).toContainEqual(
      expect.objectContaining({
        step: "target-refused",
        target: "a/a1",
        reason: expect.stringMatching(/^circuit open: .*server-error \(500\)/),
      }),
    )
    expect(stage.a.requests).toHaveLength(before + 1)
  })

  test("law 11: a sole target whose circuit is open is tried as if it were closed", async () => {
    await using stage = await setUp({ setting: "sole", struck: [["a1", error("server-error")]] })
    await stage.call("chat")
    expect(stage.circuit("a1")).toBe("open")
    stage.a.clear()
    const { result } = await stage.call("chat")
    expect(result.ok).toBe(true)
    expect(result.call.attempts.map(({ kind }) => kind)).toEqual(["first"])
  })

  test("law 10: it fails at once where that is configured, and tells when to come back", async () => {
    await using stage = await setUp({
      setting: "several",
      struck: [["a1 a2 b1 c1", error("unavailable")]],
      with: { router: { onUnavailable: "fail" } },
    })
    for (let turn = 0; turn < 4; turn++) await stage.call("chat")
    const { asked } = stage
    const { result, response } = await stage.call("chat")
    expect(stage.asked).toBe(asked)
    expect(result).toMatchObject({ ok: false, failure: { class: "call-refused", code: "no-target" } })
    expect(response.status).toBe(503)
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(60)
  })
})

describe.concurrent.each(["several", "sole"] as const)("call-refused, with %s", (setting) => {
  test("a call whose deadline passes asks nobody else, and nothing is held against its targets", async () => {
    const keys = setting === "sole" ? "a1" : "a1 a2 b1 c1"
    await using stage = await setUp({ setting, struck: [[keys, hung]], with: { deadlineMs: 20_000 } })
    const { result, response } = await stage.call("chat")
    expect(result).toMatchObject({ ok: false, failure: { class: "call-refused", code: "deadline-exceeded" } })
    expect(response.status).toBe(503)
    expect(new Set(stage.ended.map(({ health }) => health))).toEqual(new Set(["neutral"]))
    await stage.a.until(({ inFlight }) => inFlight === 0)
  })

  test("a closed pipeline asks nobody", async () => {
    await using stage = await setUp({ setting })
    await stage.pipeline.close()
    const { result } = await stage.call("chat")
    expect(stage.asked).toBe("")
    expect(result).toMatchObject({ ok: false, failure: { class: "call-refused", code: "pipeline-closed" } })
  })
})
