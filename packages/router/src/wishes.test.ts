import { Choice, Excluded } from "@bellwether/core"
import type { CallInput, Plugin, Verdict } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { stageOf, storyOf } from "../test/stage.ts"
import type { Stage } from "../test/stage.ts"

const three = { alpha: {}, beta: {}, low: { tier: 1, keys: ["sk-1", "sk-2"] } }
const closed: Verdict = { status: "unavailable", reason: "closed for the test", untilMs: 90_000 }

const wishing = (wishes: Readonly<Record<string, string>>): Partial<CallInput> => ({
  headers: Object.fromEntries(Object.entries(wishes).map(([name, value]) => [`x-bellwether-${name}`, value])),
})

const targetOf = async (
  stage: Stage,
  wishes: Readonly<Record<string, string>>,
): Promise<string | undefined> => (await stage.ask(wishing(wishes))).call.attempts[0]?.target.id

describe("a call goes", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[], string]>([
    ["to the endpoint it prefers", { prefer: "beta" }, [], "beta/key-1"],
    ["to the endpoint it prefers in another tier", { prefer: "low" }, [], "low/key-1"],
    ["to the target it prefers", { prefer: "low/key-2" }, [], "low/key-2"],
    ["to the first it prefers", { prefer: "low, beta" }, [], "low/key-1"],
    ["to the next if that is unavailable", { prefer: "low, beta" }, ["low"], "beta/key-1"],
    ["elsewhere if all it prefers are unavailable", { prefer: "low" }, ["low"], "alpha/key-1"],
    ["past what it would avoid", { avoid: "alpha" }, [], "beta/key-1"],
    ["past a whole tier it would avoid", { avoid: "alpha,beta" }, [], "low/key-1"],
    ["to what it would avoid if there is no other", { avoid: "alpha" }, ["beta", "low"], "alpha/key-1"],
    ["past what it both prefers and would avoid", { prefer: "low", avoid: "low/key-1" }, [], "low/key-2"],
  ])("%s", async (_title, wishes, away, expected) => {
    const stage = stageOf(three)
    for (const endpoint of away) stage.board.say({ endpoint }, closed)
    expect(await targetOf(stage, wishes)).toBe(expected)
  })

  test("to the least bad when all are unavailable, whatever it prefers", async () => {
    const stage = stageOf({ alpha: {}, beta: {} }, { router: { onUnavailable: "panic" } })
    stage.board.say({ endpoint: "alpha" }, { ...closed, untilMs: 10_000 })
    stage.board.say({ endpoint: "beta" }, { ...closed, untilMs: 90_000 })
    expect(await targetOf(stage, { prefer: "beta" })).toBe("alpha/key-1")
  })
})

test("what it prefers and avoids is in the trail", async () => {
  const reasons = async (wishes: Readonly<Record<string, string>>) =>
    (await stageOf(three).ask(wishing(wishes))).call.trail.flatMap((entry) =>
      entry.step === "attempt-started" || entry.step === "target-skipped" ? [entry.reason] : [],
    )
  expect(await reasons({ prefer: "low" })).toEqual(["preferred by the caller"])
  expect(await reasons({ avoid: "alpha" })).toEqual([
    "avoided by the caller",
    "healthiest of the lowest tier left",
  ])
})

test("what is excluded is not tried because it is preferred", async () => {
  const outer: Plugin = {
    name: "outer",
    setup: () => ({
      call: (request, next, context) => next(request, context.with(Excluded, new Set(["beta/key-1"]))),
    }),
  }
  expect(await targetOf(stageOf(three, { use: [outer] }), { prefer: "beta" })).toBe("alpha/key-1")
})

describe("names", () => {
  test.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ["nobody has", { prefer: "bta" }, 'The header x-bellwether-prefer can not be "bta"; did you mean beta?'],
    ["like no other", { avoid: "xxxxxxxx" }, "choose alpha, alpha/key-1, beta"],
    ["that are missing", { prefer: "alpha,,beta" }, "The header x-bellwether-prefer must be a list"],
  ])("%s are refused as the caller's mistake", async (_title, wishes, sentence) => {
    const result = await stageOf(three).ask(wishing(wishes))
    if (result.ok) throw new Error("A wrong name was taken.")
    expect(result.failure).toMatchObject({ class: "caller-fault", code: "invalid-hint" })
    expect(result.failure.message).toContain(sentence)
    expect(result.toResponse().status).toBe(400)
    expect(result.call.attempts).toEqual([])
  })

  test("do not go to the provider", async () => {
    const stage = stageOf({ alpha: {} })
    await stage.ask(wishing({ prefer: "alpha", session: "s-1" }))
    const names = Object.keys(stage.providers["alpha"]!.requests[0]!.headers)
    expect(names.filter((name) => name.startsWith("x-bellwether"))).toEqual([])
  })

  test("are of no account where an outer layer has chosen", async () => {
    const outer: Plugin = {
      name: "outer",
      setup: () => ({
        call: (request, next, context) =>
          next(request, context.with(Choice, { target: context.candidates[0]!, kind: "repeat" })),
      }),
    }
    expect(storyOf(await stageOf(three, { use: [outer] }).ask(wishing({ prefer: "beta" })))).toEqual([
      "alpha repeat",
    ])
  })
})
