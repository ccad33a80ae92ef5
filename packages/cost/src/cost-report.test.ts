import { describe, expect, test } from "vitest"
import { billed, stageOf } from "../test/stage.ts"
import { cost, priceList, reportTable } from "./index.ts"
import type { CostOptions } from "./index.ts"

const flat = (usd: number) => ({ input: usd, output: usd })
const day = 86_400_000

/** A month of calls, in millions of tokens by model. */
async function month(volumes: Readonly<Record<string, number>>, options: CostOptions, days = 30) {
  const costs = cost(options)
  const stage = stageOf({
    use: [costs],
    endpoints: { relay: {} },
    answers: async (_, request) => {
      const { model } = (await request.json()) as { model: string }
      const tokens = (volumes[model] ?? 0) * 1e6
      return billed({ prompt_tokens: tokens * 0.75, completion_tokens: tokens * 0.25 })
    },
  })
  for (const model of Object.keys(volumes)) await stage.ask(model)
  await stage.clock.advance(days * day)
  return costs.report()
}

describe("the table of the article", () => {
  const volumes = { "gpt-4o": 500, "claude-3-5-sonnet": 200, "deepseek-v3.2": 2_000 }
  const prices = priceList({
    "gpt-4o": flat(7.5),
    "claude-3-5-sonnet": flat(15),
    "deepseek-v3.2": flat(2.8),
  })
  const relay = {
    models: { "gpt-4o": flat(5.5), "claude-*": flat(10), "deepseek-*": { factor: 0.15 } },
  }

  test("comes out of a month of calls, to the dollar", async () => {
    const report = await month(volumes, { prices, endpoints: { relay } })
    const rows = report.models.map(
      ({ model, referencePrice, price, savedPercent, millionTokens, savedUsd }) => [
        model,
        referencePrice,
        price,
        Math.round(savedPercent ?? 0),
        millionTokens,
        savedUsd,
      ],
    )
    expect(rows).toEqual([
      ["gpt-4o", 7.5, 5.5, 27, 500, 1_000],
      ["claude-3-5-sonnet", 15, 10, 33, 200, 1_000],
      ["deepseek-v3.2", 2.8, 0.42, 85, 2_000, 4_760],
    ])
    expect(report.together.savedUsd).toBe(6_760)
    expect(report.savedUsdPerMonth).toBe(6_760)
    expect(12 * (report.savedUsdPerMonth ?? 0)).toBe(81_120)
    expect(report).toMatchObject({ spentUsd: 5_590, wastedUsd: 0, estimatedUsd: 0, unknownAttempts: 0 })
  })

  test("is written as one", async () => {
    expect(reportTable(await month(volumes, { prices, endpoints: { relay } }))).toBe(
      [
        "| model | reference, USD per MTok | paid, USD per MTok | saved | MTok | saved, USD |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| gpt-4o | 7.5 | 5.5 | 27 % | 500 | 1,000 |",
        "| claude-3-5-sonnet | 15 | 10 | 33 % | 200 | 1,000 |",
        "| deepseek-v3.2 | 2.8 | 0.42 | 85 % | 2,000 | 4,760 |",
        "| together | 4.574 | 2.07 | 55 % | 2,700 | 6,760 |",
      ].join("\n"),
    )
  })

  test("credit that is bought at a yuan for a dollar saves 86 % of the official price", async () => {
    const { together } = await month(
      { "gpt-4o": 500 },
      { prices, endpoints: { relay: { usdPerUnit: 1 / 7.3 } } },
    )
    expect(Math.round(together.savedPercent ?? 0)).toBe(86)
  })
})

test("a model without a price in both is in no saving", async () => {
  const report = await month(
    { "gpt-4o": 500, "own-model": 100 },
    {
      prices: priceList({ "gpt-4o": flat(5), "own-model": flat(1) }),
      reference: priceList({ "gpt-4o": flat(4) }),
    },
  )
  expect(report.spentUsd).toBe(2_600)
  expect(report.together).toMatchObject({
    millionTokens: 500,
    paidUsd: 2_500,
    savedUsd: -500,
    savedPercent: -25,
  })
  expect(report.models[1]).toMatchObject({
    model: "own-model",
    millionTokens: 0,
    price: null,
    savedPercent: null,
  })
  expect(reportTable(report)).not.toContain("own-model")
})

test("without a day there is no month, and without calls there is a table all the same", async () => {
  const report = await month({}, {}, 0.5)
  expect(report).toMatchObject({ savedUsdPerMonth: null, spentUsd: 0, models: [] })
  expect(reportTable(report).split("\n").at(-1)).toBe("| together | – | – | – | 0 | 0 |")
})

test("a model's name ends neither its cell nor its row, whatever is in it", async () => {
  const name = "a | b\n| c\r\u0085d"
  const report = await month({ [name]: 1 }, { prices: priceList({ "*": flat(1) }) })
  const rows = reportTable(report).split("\n")
  expect(rows).toHaveLength(4)
  expect(rows[2]).toMatch(/^\| a \\\| b \\\| c d \| 1 \|/)
})
