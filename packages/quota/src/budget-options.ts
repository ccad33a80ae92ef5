import { count, listOf, must, oneOf, required, shape, text } from "@bellwether/core"
import type { Check, Checks } from "@bellwether/core"
import { frameOf } from "./frame.ts"
import type { Frame, Period, Window } from "./frame.ts"
import { counted, inWords } from "./unit.ts"
import type { Unit } from "./unit.ts"

/** Who shares a budget: everybody, or each endpoint, key, model, tag or caller has one of its own. */
export type BudgetScope = "pipeline" | "endpoint" | "key" | "model" | "tag" | "caller"

/** How much may be used: of one of the three. */
export type BudgetLimit = { readonly [U in Unit]: Readonly<Record<U, number>> }[Unit]

/** A budget of our own. */
export interface BudgetOptions {
  /** Its name in events, errors and pages, and in the store. @default what it is: `"5 USD per day per tag"` */
  readonly name?: string
  /** `{ requests: 1_000 }`, `{ tokens: 2_000_000 }` or `{ usd: 5 }`. */
  readonly limit: BudgetLimit
  readonly per: Period
  /** @default "rolling" for a minute or an hour, "calendar" (UTC) for a day or a month */
  readonly window?: Window
  /** @default "pipeline" */
  readonly scope?: BudgetScope
  /**
   * Only these endpoints, keys (`primary/key-1`), models, tags or callers, exact or by their beginning (`claude-*`).
   * @default all
   */
  readonly match?: string | readonly string[]
  /**
   * What becomes of a call that does not fit. `reject`: it fails with `quota-exhausted`. `route`: another endpoint, key
   * or model is used. `warn`: it is made, and an event tells.
   *
   * @default "route" for an endpoint or a key, else "reject"
   */
  readonly onExceed?: "reject" | "route" | "warn"
  /**
   * Of a budget of money: what becomes of a call of a model whose price nobody knows, so that nobody could count it.
   * `reject`: it goes to a target where the price is known, or fails with `price-missing`. `allow`: it is made, counts
   * as nothing, and an event tells.
   *
   * @default "reject", for what can not be counted has no limit; "allow" with `onExceed: "warn"`
   */
  readonly unpriced?: "reject" | "allow"
}

/** What the options of a budget stand for. Amounts are counted ones. */
export interface BudgetRules {
  readonly name: string
  /** What makes it the same as one of an earlier pipeline, whatever its limit was. */
  readonly identity: string
  readonly scope: BudgetScope
  readonly unit: Unit
  readonly limit: number
  readonly per: Period
  readonly window: Window
  readonly frame: Frame
  readonly onExceed: "reject" | "route" | "warn"
  readonly unpriced: "reject" | "allow"
  readonly match: readonly string[] | undefined
}

const units = ["requests", "tokens", "usd"] as const

/** Whole billionths, and few enough to be counted. */
const money = must("a number from 0.000000001 to 9000000", (value) => {
  const nanoUsd = typeof value === "number" ? counted(value, "usd") : 0
  return Number.isSafeInteger(nanoUsd) && nanoUsd >= 1
})

const limit: Check = (value, path) => {
  const faults = shape<Partial<Record<Unit, number>>>({ requests: count, tokens: count, usd: money })(
    value,
    path,
  )
  if (faults.length > 0) return faults
  const given = Object.values(value as object).filter((each) => each !== undefined)
  return given.length === 1 ? [] : [`${path} must have one of requests, tokens and usd.`]
}

const match: Check = (value, path) =>
  Array.isArray(value) ? listOf(text, { min: 1 })(value, path) : text(value, path)

const checks: Checks<BudgetOptions> = {
  name: text,
  limit: required(limit),
  per: required(oneOf(["minute", "hour", "day", "month"])),
  window: oneOf(["rolling", "calendar"]),
  scope: oneOf(["pipeline", "endpoint", "key", "model", "tag", "caller"]),
  match,
  onExceed: oneOf(["reject", "route", "warn"]),
  unpriced: oneOf(["reject", "allow"]),
}

/** Whether a budget is about calls, wherever they go, and not about attempts. */
export const isOfCalls = (scope: BudgetScope): boolean =>
  scope === "pipeline" || scope === "tag" || scope === "caller"

/** Checks one budget, and whether its options go together. */
export const checkBudget: Check = (value, path) => {
  const faults = shape(checks)(value, path)
  if (faults.length > 0) return faults
  const { scope = "pipeline", match: names, onExceed, unpriced, limit: most } = value as BudgetOptions
  return [
    ...(unpriced !== undefined && !("usd" in most)
      ? [`${path}.unpriced has no effect: only a budget of money needs prices.`]
      : []),
    ...(scope === "pipeline" && names !== undefined
      ? [`${path}.match can not be used with the scope "pipeline": there is only one.`]
      : []),
    ...(isOfCalls(scope) && onExceed === "route"
      ? [`${path}.onExceed can not be "route" with the scope "${scope}": every route belongs to it.`]
      : []),
    ...((scope === "endpoint" || scope === "key") && onExceed === "reject"
      ? [
          `${path}.onExceed can not be "reject" with the scope "${scope}": calls are rejected when no route is left; choose "route" or "warn".`,
        ]
      : []),
  ]
}

/** What the options of a budget stand for, with every default filled in. */
export function budgetRules(options: BudgetOptions): BudgetRules {
  const { per, scope = "pipeline" } = options
  const given = options.limit as Partial<Record<Unit, number>>
  const unit = units.find((each) => given[each] !== undefined) ?? "requests"
  const { [unit]: most = 0 } = given
  const isShort = per === "minute" || per === "hour"
  const { window = isShort ? "rolling" : "calendar" } = options
  const { onExceed = scope === "endpoint" || scope === "key" ? "route" : "reject" } = options
  const { name = `${inWords(most, unit)} per ${per}${scope === "pipeline" ? "" : ` per ${scope}`}` } = options
  const { unpriced = onExceed === "warn" ? "allow" : "reject" } = options
  const names = typeof options.match === "string" ? [options.match] : options.match
  return {
    name,
    identity: JSON.stringify([options.name ?? names ?? null, scope, unit, per, window]),
    scope,
    unit,
    limit: counted(most, unit),
    per,
    window,
    frame: frameOf(per, window),
    onExceed,
    unpriced,
    match: names,
  }
}

/** Whether a name is one of these, or begins as one of them does (`claude-*`). */
export const isAmong = (names: readonly string[], name: string): boolean =>
  names.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : each === name))
