import type { Target } from "@bellwether/core"
import { periodStart } from "./frame.ts"
import { isObject, numberIn, timeIn } from "./json.ts"
import type { JsonObject } from "./json.ts"
import { shareLeft, soundReading } from "./reading.ts"
import type { QuotaReading } from "./reading.ts"

/** What a reader of usage may ask. */
export interface UsageQuestion {
  /** The endpoint and key it is about. */
  readonly target: Target
  /**
   * The JSON of a GET, with the target's key; of at most 64 kB.
   *
   * @param path below the base URL, beginning with a slash; `/..` climbs out of its version path
   * @throws when nothing comes that could be read; let it pass
   */
  ask(path: string): Promise<unknown>
  /** Milliseconds since 1970. */
  readonly dateMs: number
  /** Aborted when it takes too long. */
  readonly signal: AbortSignal
}

/** Finds out what is left of a key's quota; `undefined` when that can not be told. */
export type UsageReader = (
  question: UsageQuestion,
) => QuotaReading | undefined | Promise<QuotaReading | undefined>

const inside = (answer: unknown): JsonObject => {
  const data = isObject(answer) ? (answer["data"] ?? answer) : {}
  return isObject(data) ? data : {}
}

/** However deep a base URL lies, so many steps lead to the root of its origin, and never beyond it. */
const root = "/..".repeat(16)

const periods = [
  ["hourly", "hour"],
  ["daily", "day"],
  ["monthly", "month"],
] as const

/**
 * `GET /usage` with `daily_limit` and `daily_used`, or the same of an hour or a month, or `limit`, `used`, `remaining`;
 * the tightest of them. They are taken to reset with the calendar (UTC) unless `reset_at` says otherwise. A limit of 0
 * or less is none: relays write so of keys without one.
 */
const daily: UsageReader = async ({ ask, dateMs }) => {
  const told = inside(await ask("/usage"))
  const resetAtMs = timeIn(told["reset_at"] ?? told["resets_at"])
  const unit = typeof told["unit"] === "string" ? { unit: told["unit"] } : {}
  const readings = periods.map(([name, per]) => ({
    ...amountsIn(told, `${name}_`),
    ...unit,
    resetAtMs: resetAtMs ?? periodStart(per, dateMs, 1),
  }))
  const whole = { ...amountsIn(told, ""), ...unit, ...(resetAtMs !== undefined && { resetAtMs }) }
  const sound = [...readings, whole].flatMap((reading) => soundReading(reading, dateMs) ?? [])
  const [tightest] = sound
    .filter(({ left }) => left !== undefined)
    .toSorted((a, b) => shareLeft(a) - shareLeft(b))
  return tightest ?? sound.find(({ used }) => used !== undefined)
}

function amountsIn(told: JsonObject, prefix: string): QuotaReading {
  const limit = numberIn(told[`${prefix}limit`])
  const used = numberIn(told[`${prefix}used`] ?? told[`${prefix}usage`])
  const left = numberIn(told[`${prefix}remaining`])
  if (limit !== undefined && limit <= 0) return { used: used ?? 0 }
  return {
    ...(limit !== undefined && { limit }),
    ...(used !== undefined && { used }),
    ...(left !== undefined && { left }),
  }
}

/**
 * OpenRouter: `GET /key` with `data.limit`, `limit_remaining`, `usage` in USD, and `limit_reset` (daily, weekly from
 * Monday, monthly; at midnight UTC). A key without a limit has none. Source: OpenRouter's API reference, "Get current
 * API key".
 */
const openrouter: UsageReader = async ({ ask, dateMs }) => {
  const told = inside(await ask("/key"))
  const limit = numberIn(told["limit"])
  const left = numberIn(told["limit_remaining"])
  const used = numberIn(told["usage"])
  if (limit === undefined && used === undefined) return undefined
  const resetAtMs = resetOf(told["limit_reset"], dateMs)
  return {
    unit: "usd",
    ...(used !== undefined && { used: limit !== undefined && left !== undefined ? limit - left : used }),
    ...(limit !== undefined && { limit, left: left ?? limit - (used ?? 0) }),
    ...(resetAtMs !== undefined && { resetAtMs }),
  }
}

const dayMs = 86_400_000
/** 1970 began with a Thursday. */
const firstMondayMs = 4 * dayMs

function resetOf(name: unknown, dateMs: number): number | undefined {
  if (name === "daily") return periodStart("day", dateMs, 1)
  if (name === "monthly") return periodStart("month", dateMs, 1)
  if (name !== "weekly") return undefined
  const weekMs = 7 * dayMs
  return firstMondayMs + (Math.floor((dateMs - firstMondayMs) / weekMs) + 1) * weekMs
}

/**
 * DeepSeek: `GET /user/balance` beside the version path, with `balance_infos` by currency. There is no limit and no
 * reset. Source: DeepSeek's API reference, "Get User Balance".
 */
const deepseek: UsageReader = async ({ ask }) => {
  const { is_available: isAvailable, balance_infos: told } = inside(await ask(`${root}/user/balance`))
  if (!Array.isArray(told)) return undefined
  const balances = told.filter(isObject).map((balance) => ({
    left: numberIn(balance["total_balance"]) ?? 0,
    unit: String(balance["currency"]).toLowerCase(),
  }))
  const [largest] = balances.toSorted((a, b) => b.left - a.left)
  return largest && isAvailable === false ? { ...largest, left: 0 } : largest
}

/** What these relays tell of a key without a limit. */
const unlimited = 100_000_000

/**
 * one-api, new-api and their kin, in the manner of OpenAI's former billing: `GET /dashboard/billing/subscription` with
 * `hard_limit_usd` and `GET /dashboard/billing/usage` with `total_usage` in hundredths. Source: `controller/billing.go`
 * of one-api and new-api.
 */
const oneApi: UsageReader = async ({ ask }) => {
  const limit = numberIn(inside(await ask("/dashboard/billing/subscription"))["hard_limit_usd"])
  const hundredths = numberIn(inside(await ask("/dashboard/billing/usage"))["total_usage"])
  if (limit === undefined || hundredths === undefined) return undefined
  const used = hundredths / 100
  return limit >= unlimited ? { used, unit: "usd" } : { limit, used, left: limit - used, unit: "usd" }
}

/** The readers that are known by name; of use in readers of one's own too. */
export const usageReaders: Readonly<Record<"daily" | "openrouter" | "deepseek" | "one-api", UsageReader>> = {
  daily,
  openrouter,
  deepseek,
  "one-api": oneApi,
}
