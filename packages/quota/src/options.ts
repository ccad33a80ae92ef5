import { callable, checkOptions, either, listOf, must, oneOf } from "@bellwether/core"
import { positiveMilliseconds, recordOf, refuseFaults, wholeNumber } from "@bellwether/core"
import type { Check, Target } from "@bellwether/core"
import { budgetRules, checkBudget, isAmong } from "./budget-options.ts"
import type { BudgetOptions, BudgetRules } from "./budget-options.ts"
import { usageReaders } from "./usage-reader.ts"
import type { UsageReader } from "./usage-reader.ts"

/** What is left, and what may be spent. In a pipeline at least one of `usage` and `budgets` is needed. */
export interface QuotaOptions {
  /**
   * Where endpoints tell what is left for a key, by the endpoint's id: `"daily"` (`GET /usage` with `daily_limit` and
   * `daily_used`, and the like), `"openrouter"`, `"deepseek"`, `"one-api"`, or a function of your own.
   *
   * @default no provider is asked
   */
  readonly usage?: Readonly<Record<string, keyof typeof usageReaders | UsageReader>>
  /** Milliseconds from one question to the next, up to a fifth more; twice as long with every failure. @default 60_000 */
  readonly intervalMs?: number
  /** Milliseconds for one answer. @default 10_000 */
  readonly timeoutMs?: number
  /** Budgets of your own. @default none */
  readonly budgets?: readonly BudgetOptions[]
  /** Less than this share left is low. @default 0.2 */
  readonly lowShare?: number
  /** Tokens set aside for an answer that the request sets no limit to. @default 1_000 */
  readonly assumedOutput?: number
  /**
   * Milliseconds after which of what was set aside for a call only its request stays so, if it is not over by then.
   *
   * @default 900_000
   */
  readonly leaseMs?: number
}

/** The options with every default filled in. */
export interface QuotaRules {
  readonly readers: ReadonlyMap<string, UsageReader>
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly budgets: readonly BudgetRules[]
  readonly lowShare: number
  readonly assumedOutput: number
  readonly leaseMs: number
}

const share = must("a share above 0, below 1", (value) => typeof value === "number" && value > 0 && value < 1)

const names = Object.keys(usageReaders) as (keyof typeof usageReaders)[]

const reader: Check = either({ text: oneOf(names), function: callable })

/** @throws PipelineError `invalid-options` */
export function readOptions(options: QuotaOptions): QuotaRules {
  checkOptions<QuotaOptions>("quota", options, {
    usage: recordOf(reader),
    intervalMs: positiveMilliseconds,
    timeoutMs: positiveMilliseconds,
    budgets: listOf(checkBudget),
    lowShare: share,
    assumedOutput: wholeNumber,
    leaseMs: positiveMilliseconds,
  })
  const { usage = {}, intervalMs = 60_000, timeoutMs = 10_000, budgets = [], lowShare = 0.2 } = options ?? {}
  const { assumedOutput = 1_000, leaseMs = 900_000 } = options ?? {}
  const readers = Object.entries(usage).map(
    ([endpoint, each]) => [endpoint, typeof each === "string" ? usageReaders[each] : each] as const,
  )
  const rules = budgets.map(budgetRules)
  refuseFaults([...inert(options), ...twice(rules)])
  return {
    readers: new Map(readers),
    intervalMs,
    timeoutMs,
    budgets: rules,
    lowShare,
    assumedOutput,
    leaseMs,
  }
}

/** What is said of questions that nobody asks, or of budgets there are none of. */
const inert = ({ usage = {}, budgets = [], ...options }: QuotaOptions): readonly string[] => [
  ...without("usage", Object.keys(usage).length, options, ["intervalMs", "timeoutMs"]),
  ...without("budgets", budgets.length, options, ["assumedOutput", "leaseMs"]),
]

const without = (
  missing: string,
  length: number,
  options: QuotaOptions,
  names: readonly (keyof QuotaOptions)[],
): readonly string[] =>
  names.flatMap((name) =>
    length > 0 || options[name] === undefined ? [] : [`quota.${name} has no effect without \`${missing}\`.`],
  )

const twice = (rules: readonly BudgetRules[]): readonly string[] =>
  rules.flatMap(({ name }, index) =>
    rules.findIndex((other) => other.name === name) === index
      ? []
      : [`quota.budgets[${index}].name: there are two budgets "${name}"; give one another name.`],
  )

/**
 * Refuses what no endpoint or key has to do with, and to be in a pipeline for nothing.
 *
 * @throws PipelineError `invalid-options`
 */
export function checkAgainst(targets: readonly Target[], { readers, budgets }: QuotaRules): void {
  const endpoints = [...new Set(targets.map(({ endpoint }) => endpoint))]
  const idsOf = (scope: BudgetRules["scope"]): readonly string[] =>
    scope === "endpoint" ? endpoints : targets.map(({ id }) => id)
  refuseFaults([
    ...(readers.size + budgets.length === 0
      ? ["quota has nothing to do: give it `usage` or `budgets`."]
      : []),
    ...[...readers.keys()]
      .filter((id) => !endpoints.includes(id))
      .map((id) => `quota.usage: there is no endpoint "${id}"; choose one of ${endpoints.join(", ")}.`),
    ...budgets.flatMap(({ scope, match = [] }, index) =>
      scope === "endpoint" || scope === "key"
        ? match
            .filter((name) => !idsOf(scope).some((id) => isAmong([name], id)))
            .map(
              (name) =>
                `quota.budgets[${index}].match: there is no ${scope} "${name}"; choose one of ${idsOf(scope).join(", ")}.`,
            )
        : [],
    ),
  ])
}
