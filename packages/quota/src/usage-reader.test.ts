import { anything, asyncProperty, assert, constantFrom } from "fast-check"
import { describe, expect, test } from "vitest"
import { soundReading } from "./reading.ts"
import { usageReaders } from "./usage-reader.ts"
import type { UsageReader } from "./usage-reader.ts"

const target = { id: "e/k", endpoint: "e", key: "k", tier: 0, weight: 1, prefill: false }
const dateMs = Date.parse("2026-05-13T15:00:00Z") // a Wednesday
const { signal } = new AbortController()

/** What a reader makes of these answers, by the end of their path. */
async function read(reader: UsageReader, answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = []
  const ask = async (path: string): Promise<unknown> => {
    asked.push(new URL(`https://e.test/api/v1${path}`).pathname)
    return Object.entries(answers).find(([end]) => path.endsWith(end))?.[1]
  }
  const reading = soundReading(await reader({ target, ask, dateMs, signal }), dateMs)
  return { reading, asked }
}

const at = (iso: string): number => Date.parse(iso)

describe("what is left is read from", () => {
  const { daily, openrouter, deepseek, "one-api": oneApi } = usageReaders

  test.each<[string, UsageReader, Readonly<Record<string, unknown>>, object]>([
    [
      "the article's answer",
      daily,
      { "/usage": { daily_limit: 100_000, daily_used: 85_000 } },
      { limit: 100_000, used: 85_000, left: 15_000, resetAtMs: at("2026-05-14T00:00:00Z") },
    ],
    [
      "the tightest of several, in texts, wrapped",
      daily,
      {
        "/usage": {
          data: {
            daily_limit: "100",
            daily_used: "10",
            monthly_limit: "1000",
            monthly_used: "990",
            unit: "usd",
          },
        },
      },
      { limit: 1_000, used: 990, left: 10, unit: "usd", resetAtMs: at("2026-06-01T00:00:00Z") },
    ],
    [
      "what names its own reset, in seconds",
      daily,
      { "/usage": { limit: 50, remaining: 0, reset_at: at("2026-05-13T16:00:00Z") / 1_000 } },
      { limit: 50, left: 0, resetAtMs: at("2026-05-13T16:00:00Z") },
    ],
    [
      "more used than there is",
      daily,
      { "/usage": { daily_limit: 10, daily_used: 12 } },
      { left: 0, limit: 10 },
    ],
    [
      "a day without a limit, as relays write it",
      daily,
      { "/usage": { daily_limit: 0, daily_used: 85_000, unit: "tokens" } },
      { used: 85_000, unit: "tokens" },
    ],
    ["a whole without a limit, as others do", daily, { "/usage": { limit: -1, remaining: -1 } }, { used: 0 }],
    [
      "a month with a limit beside a day without one",
      daily,
      { "/usage": { daily_limit: 0, monthly_limit: 10, monthly_used: 4 } },
      { limit: 10, used: 4, left: 6 },
    ],
    [
      "an OpenRouter key with a monthly limit, of whose usage earlier months are a part",
      openrouter,
      {
        "/key": {
          data: {
            label: "sk-or-v1-…",
            limit: 100,
            limit_remaining: 74.5,
            limit_reset: "monthly",
            usage: 325.5,
          },
        },
      },
      { limit: 100, left: 74.5, used: 25.5, unit: "usd", resetAtMs: at("2026-06-01T00:00:00Z") },
    ],
    [
      "one with a weekly limit, which begins on Monday",
      openrouter,
      { "/key": { data: { limit: 7, limit_remaining: 0, limit_reset: "weekly", usage: 7 } } },
      { limit: 7, left: 0, resetAtMs: at("2026-05-18T00:00:00Z") },
    ],
    [
      "one with a limit for good",
      openrouter,
      { "/key": { data: { limit: 5, usage: 0.5, limit_remaining: 4.5, limit_reset: null } } },
      { limit: 5, left: 4.5, used: 0.5, unit: "usd" },
    ],
    [
      "one without a limit",
      openrouter,
      { "/key": { data: { limit: null, limit_remaining: null, usage: 3 } } },
      { used: 3, unit: "usd" },
    ],
    [
      "DeepSeek's balance",
      deepseek,
      {
        "/user/balance": {
          is_available: true,
          balance_infos: [
            {
              currency: "CNY",
              total_balance: "110.00",
              granted_balance: "10.00",
              topped_up_balance: "100.00",
            },
          ],
        },
      },
      { left: 110, unit: "cny" },
    ],
    [
      "a balance that can not be used",
      deepseek,
      {
        "/user/balance": { is_available: false, balance_infos: [{ currency: "USD", total_balance: "0.01" }] },
      },
      { left: 0, unit: "usd" },
    ],
    [
      "one-api, which counts what was used in hundredths",
      oneApi,
      {
        "/subscription": { object: "billing_subscription", hard_limit_usd: 20 },
        "/billing/usage": { object: "list", total_usage: 1_250 },
      },
      { limit: 20, used: 12.5, left: 7.5, unit: "usd" },
    ],
    [
      "one-api without a limit",
      oneApi,
      { "/subscription": { hard_limit_usd: 100_000_000 }, "/billing/usage": { total_usage: 1_250 } },
      { used: 12.5, unit: "usd" },
    ],
  ])("%s", async (_, reader, answers, expected) => {
    const { reading } = await read(reader, answers)
    expect(reading).toMatchObject(expected)
    expect(Object.keys(expected)).toEqual(
      expect.arrayContaining(reading?.left === undefined ? ["used"] : ["left"]),
    )
  })

  test("paths below the base URL, and beside its version path where the provider has it there", async () => {
    const paths = await Promise.all(
      [daily, openrouter, deepseek, oneApi].map(async (reader) => (await read(reader, { "": {} })).asked),
    )
    expect(paths).toEqual([
      ["/api/v1/usage"],
      ["/api/v1/key"],
      ["/user/balance"],
      ["/api/v1/dashboard/billing/subscription", "/api/v1/dashboard/billing/usage"],
    ])
  })

  test("an answer of another kind tells nothing, whatever it is", async () => {
    await assert(
      asyncProperty(constantFrom(...Object.values(usageReaders)), anything(), async (reader, answer) => {
        const { reading } = await read(reader, { "": answer })
        const amounts = [reading?.left, reading?.limit, reading?.used]
        expect(amounts.filter((amount) => amount !== undefined && !Number.isFinite(amount))).toEqual([])
      }),
    )
  })
})

describe("a reading", () => {
  test.each([
    [{ left: Number.NaN }, undefined],
    [{ left: "12" }, undefined],
    ["12", undefined],
    [undefined, undefined],
    [
      { limit: 10, used: 4 },
      { limit: 10, used: 4, left: 6 },
    ],
    [
      { limit: 0, used: 0 },
      { used: 0, left: 0 },
    ],
    [{ left: 3, resetAtMs: dateMs - 1 }, { left: 3 }],
    [{ left: 3, resetAtMs: dateMs + 1_000 * 86_400_000 }, { left: 3 }],
    [{ left: -3, unit: 5 }, { left: 0 }],
    [
      { left: 3, unit: "Credit points" },
      { left: 3, unit: "Credit points" },
    ],
    [{ left: 3, unit: "unit Bearer sk-1234567890" }, { left: 3 }],
    [{ left: 3, unit: "a sentence about somebody" }, { left: 3 }],
    [{ left: 3, unit: "1,000 tokens" }, { left: 3 }],
  ])("%j is taken as %j", (given, taken) => {
    expect(soundReading(given, dateMs)).toEqual(taken)
  })
})
