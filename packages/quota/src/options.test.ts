import { describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import { quota } from "./index.ts"
import type { QuotaOptions } from "./index.ts"

const faultOf = (run: () => unknown): string => {
  try {
    run()
    return "none"
  } catch (error) {
    return (error as Error).message
  }
}

const budgetFault = (budget: object): string =>
  faultOf(() => quota({ budgets: [{ limit: { usd: 5 }, per: "day", ...budget }] }))

describe("options", () => {
  test.each([
    [{ budget: [] }, "quota.budget is not an option; did you mean budgets?"],
    [
      { usage: { primary: "openroute" } },
      'quota.usage.primary can not be "openroute"; did you mean openrouter?',
    ],
    [{ usage: { primary: 5 } }, "quota.usage.primary must be a text or a function, not 5."],
    [{ usage: { primary: "daily" }, lowShare: 1 }, "quota.lowShare must be a share above 0, below 1, not 1."],
    [
      { budgets: [], usage: {}, intervalMs: 5, leaseMs: 5 },
      /quota\.intervalMs has no effect without `usage`\.\n- quota\.leaseMs has no effect without `budgets`\.$/,
    ],
    [
      { usage: { primary: "daily" }, assumedOutput: 5 },
      "quota.assumedOutput has no effect without `budgets`.",
    ],
    [
      { usage: { primary: "daily" }, intervalMs: 0 },
      /^quota\.intervalMs must be a number of milliseconds above 0/,
    ],
  ])("%j is refused", (options, sentence) => {
    expect(faultOf(() => quota(options as QuotaOptions))).toMatch(sentence)
  })

  test.each([
    [{ per: "week" }, /^quota\.budgets\[0\]\.per can not be "week"; /],
    [{ per: undefined }, "quota.budgets[0].per is missing."],
    [
      { limit: { usd: 0 } },
      "quota.budgets[0].limit.usd must be a number from 0.000000001 to 9000000, not 0.",
    ],
    [{ limit: { usd: 1e-12 } }, /^quota\.budgets\[0\]\.limit\.usd must be a number from 0\.000000001 /],
    [{ limit: { usd: 1e300 } }, /^quota\.budgets\[0\]\.limit\.usd must be a number from /],
    [
      { limit: { requests: 0.4 } },
      "quota.budgets[0].limit.requests must be a whole number of at least 1, not 0.4.",
    ],
    [{ limit: { tokens: 1.5 } }, /^quota\.budgets\[0\]\.limit\.tokens must be a whole number of at least 1/],
    [{ limit: { usd: 1, tokens: 1 } }, "quota.budgets[0].limit must have one of requests, tokens and usd."],
    [{ limit: { eur: 1 } }, /^quota\.budgets\[0\]\.limit\.eur is not an option/],
    [{ match: "a" }, 'quota.budgets[0].match can not be used with the scope "pipeline": there is only one.'],
    [
      { scope: "tag", onExceed: "route" },
      'quota.budgets[0].onExceed can not be "route" with the scope "tag": every route belongs to it.',
    ],
    [
      { scope: "key", onExceed: "reject" },
      'quota.budgets[0].onExceed can not be "reject" with the scope "key": calls are rejected when no route is left; choose "route" or "warn".',
    ],
    [
      { limit: { tokens: 5 }, unpriced: "allow" },
      "quota.budgets[0].unpriced has no effect: only a budget of money needs prices.",
    ],
    [{ scope: "tag", match: [] }, "quota.budgets[0].match must have at least 1 entry."],
  ])("a budget with %j is refused", (budget, sentence) => {
    expect(budgetFault(budget)).toMatch(sentence)
  })

  test.each([
    {},
    { window: "rolling", scope: "tag", match: "team-*", onExceed: "warn", name: "x" },
    { scope: "model", onExceed: "route", match: ["claude-*", "gpt-4o"] },
  ])("a budget with %j is fine", (budget) => {
    expect(budgetFault(budget)).toBe("none")
  })

  test("two budgets of one name are refused, for nobody could tell them apart", () => {
    const budget = { limit: { usd: 5 }, per: "day" } as const
    expect(faultOf(() => quota({ budgets: [budget, budget] }))).toBe(
      'quota.budgets[1].name: there are two budgets "5 USD per day"; give one another name.',
    )
  })

  test.each<[QuotaOptions, string]>([
    [{}, "quota has nothing to do: give it `usage` or `budgets`."],
    [{ usage: { primry: "daily" } }, 'quota.usage: there is no endpoint "primry"; choose one of primary.'],
    [
      { budgets: [{ limit: { usd: 1 }, per: "day", scope: "key", match: "primary" }] },
      'quota.budgets[0].match: there is no key "primary"; choose one of primary/key-1.',
    ],
    [
      { budgets: [{ limit: { usd: 1 }, per: "day", scope: "endpoint", match: ["pri*", "backup"] }] },
      'quota.budgets[0].match: there is no endpoint "backup"; choose one of primary.',
    ],
  ])("what no endpoint has to do with is refused by the pipeline: %j", (options, sentence) => {
    expect(faultOf(() => stageOf(options))).toBe(sentence)
  })

  test("it is for one pipeline, and knows nothing before", async () => {
    const budgets = [{ limit: { usd: 5 }, per: "day" }] as const
    const unused = quota({ budgets })
    expect(faultOf(() => unused.snapshot())).toMatch(
      /in no pipeline: put it into `use`, or set the option `quota`/,
    )
    const stage = stageOf({ budgets, endpoints: [{ price: { input: 1, output: 2 } }] })
    expect(faultOf(() => stage.quota.setup({} as never))).toMatch(/in a pipeline already/)
  })
})
