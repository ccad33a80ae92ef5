import { PriceOf } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { StageOptions } from "../test/stage.ts"

const price = { input: 1, output: 2 }
const daily = { limit: { usd: 1 }, per: "day" } as const

/** Somebody who knows what one model costs, wherever it is. */
const knowing = (model: string): Plugin => ({
  name: "knowing",
  setup: ({ provide }) => provide(PriceOf, { of: (_, asked) => (asked === model ? price : undefined) }),
})

const faultOf = (options: StageOptions): string => {
  try {
    stageOf(options)
    return "none"
  } catch (error) {
    return (error as Error).message
  }
}

describe("a budget of money where there is nothing to know prices from", () => {
  test.each([[{}], [{ unpriced: "allow" }], [{ onExceed: "warn" }]] as const)(
    "is refused when the pipeline is made, with %j",
    (more) => {
      expect(faultOf({ budgets: [{ ...daily, ...more }] })).toBe(
        'quota.budgets[0] counts money, and nobody knows what "primary" charges: give an endpoint a `price`, or use ' +
          "cost() with `prices`.",
      )
    },
  )

  test("is refused for a single endpoint too, unless that is allowed", () => {
    const endpoints = [{ price }, {}]
    expect(faultOf({ budgets: [daily], endpoints })).toMatch(
      /nobody knows what "backup" charges: .*, or set `unpriced: "allow"` in the budget\.$/,
    )
    expect(faultOf({ budgets: [{ ...daily, unpriced: "allow" }], endpoints })).toBe("none")
    expect(faultOf({ budgets: [{ ...daily, onExceed: "warn" }], endpoints })).toBe("none")
  })

  test("is fine where what it is about has prices", () => {
    const endpoints = [{ price }, {}]
    expect(faultOf({ budgets: [{ ...daily, scope: "endpoint", match: "primary" }], endpoints })).toBe("none")
    expect(faultOf({ budgets: [{ ...daily, scope: "key", match: "backup/*" }], endpoints })).toMatch(
      /"backup"/,
    )
    expect(faultOf({ budgets: [daily], use: [knowing("m")] })).toBe("none")
    expect(faultOf({ budgets: [{ limit: { tokens: 5 }, per: "day" }] })).toBe("none")
  })
})

describe("a model whose price nobody knows", () => {
  const use = [knowing("m")]

  test("is not asked for: the call fails, says what to do, and so does its trail", async () => {
    const stage = stageOf({ budgets: [daily], use })
    expect(await stage.told()).toBe("primary/key-1")
    const result = await stage.ask({ model: "new" })
    if (result.ok) throw new Error("It should have been refused.")
    const reason =
      'the budget "1 USD per day" counts money, and nobody knows what new costs here: tell its price, in the ' +
      'endpoint\'s `price` or by cost(), or set `unpriced: "allow"` in the budget'
    expect(result.failure).toEqual({
      class: "call-refused",
      code: "price-missing",
      status: 403,
      message: `The call was not made: ${reason}.`,
    })
    expect(stage.pipeline.explain(result.call.id)).toMatchObject({
      state: "failed",
      trail: [{ atMs: 0, step: "call-refused", reason }],
    })
    await stage.ask({ model: "new" })
    expect(stage.log).toEqual(["price-missing primary/key-1 new"])
    expect(stage.seen).toHaveLength(1)
  })

  test("is asked for where its price is known", async () => {
    const stage = stageOf({
      budgets: [daily],
      endpoints: [{}, {}],
      use: [
        {
          name: "knowing",
          setup: ({ provide }) =>
            provide(PriceOf, { of: ({ endpoint }) => (endpoint === "backup" ? price : undefined) }),
        },
      ],
    })
    expect(await stage.told()).toBe("backup/key-1")
    expect(stage.seen.map(({ endpoint }) => endpoint)).toEqual(["backup"])
    expect(stage.spent()[""]).toEqual([(40 * 1 + 60 * 2) / 1e6, 0])
    expect(stage.pipeline.inspect("m").targets.map(({ verdict }) => verdict.status)).toEqual([
      "unavailable",
      "available",
    ])
  })

  test.each(["endpoint", "key", "model"] as const)(
    "is no less refused by a budget of each %s",
    async (scope) => {
      const stage = stageOf({ budgets: [{ ...daily, scope }], use })
      expect([await stage.told({ model: "new" }), await stage.told()]).toEqual([
        "price-missing",
        "primary/key-1",
      ])
    },
  )

  test("matters to the tags alone that a budget is about", async () => {
    const stage = stageOf({ budgets: [{ ...daily, scope: "tag", match: "trial-*" }], use })
    expect(await stage.told({ model: "new", tag: "trial-1" })).toBe("price-missing")
    expect(await stage.told({ model: "new", tag: "paid" })).toBe("primary/key-1")
    expect(await stage.told({ model: "new" })).toBe("primary/key-1")
  })

  test.each([[{ unpriced: "allow" }], [{ onExceed: "warn" }]] as const)(
    "is asked for with %j: it counts as nothing, and that is told",
    async (more) => {
      const stage = stageOf({ budgets: [{ ...daily, ...more }], use })
      expect(await stage.told({ model: "new" })).toBe("primary/key-1")
      expect(await stage.told({ model: "newer" })).toBe("primary/key-1")
      expect(stage.log).toEqual(["price-missing primary/key-1 new", "price-missing primary/key-1 newer"])
      expect(stage.spent()).toEqual({ "": [0, 0] })
    },
  )

  test("is no hindrance to what nobody bills", async () => {
    const stage = stageOf({ budgets: [daily], use })
    const body = JSON.stringify({ model: "omni-moderation", input: "Baa." })
    const { clock, pipeline } = stage
    const result = await clock.runUntil(pipeline.call({ path: "/moderations", method: "POST", body }))
    expect(result.ok && result.call.attempts).toHaveLength(1)
    expect(stage.log).toEqual([])
  })
})
