import { serving } from "@bellwether/core"
import { shownUsd } from "../terminal/shown.ts"
import { when } from "./finding.ts"
import type { Finding, Search, Subject } from "./finding.ts"

/** Budgets in which not even one call of the given size fits. */
export const budgets: Search = (subject) => [
  ...(subject.options.quota?.budgets ?? []).flatMap(({ limit, onExceed }, place) =>
    onExceed === "warn" ? [] : tooSmall(limit, `quota.budgets[${place}]`, subject),
  ),
  ...(subject.gateway.keys ?? []).flatMap((key, at) =>
    (key.budgets ?? []).flatMap(({ limit }, place) =>
      tooSmall(limit, `gateway.keys[${at}].budgets[${place}]`, subject),
    ),
  ),
]

type Limit = { readonly [Unit in "requests" | "tokens" | "usd"]?: number }

function tooSmall(
  { requests, tokens, usd }: Limit,
  path: string,
  { question: { model, inputTokens, outputTokens }, targets, usdAt }: Subject,
): readonly Finding[] {
  const callTokens = inputTokens + outputTokens
  const prices = serving(targets, model).flatMap((target) => usdAt(target) ?? [])
  const callUsd = prices.length === 0 ? undefined : Math.min(...prices)
  return [
    ...when(
      requests !== undefined && requests < 1,
      `${path}.limit.requests`,
      "lets no call through: it is less than 1.",
    ),
    ...when(
      tokens !== undefined && tokens < callTokens,
      `${path}.limit.tokens`,
      `is less than one call takes, which are ${callTokens} tokens: none like it gets through.`,
    ),
    ...when(
      usd !== undefined && callUsd !== undefined && usd < callUsd,
      `${path}.limit.usd`,
      `is less than one call of ${model} costs, which is at least ${shownUsd(callUsd ?? 0)}: none like it gets through.`,
    ),
  ]
}
