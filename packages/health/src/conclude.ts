import { worse } from "@bellwether/core"
import type { Scope, Target, Verdict } from "@bellwether/core"
import type { HealthState } from "./condition.ts"
import { ejections } from "./ejections.ts"
import type { Ejections } from "./ejections.ts"
import { wantsEjection } from "./finding.ts"
import type { Finding } from "./finding.ts"
import { endpointWide } from "./infer.ts"

/** What all evidence says of a scope that is not healthy, and what the board is told of it. Plain data. */
export interface Conclusion {
  readonly scope: Scope
  readonly state: Exclude<HealthState, "healthy">
  readonly reasons: readonly string[]
  readonly verdict: Verdict
}

/** Draws the conclusions of all findings, one for each scope: what the keys of an endpoint have alike is said once. */
export function conclude(
  findings: readonly Finding[],
  targets: readonly Target[],
  isWell: (target: Target, like: Finding) => boolean,
): readonly Conclusion[] {
  const groups = endpointWide(findings, targets, isWell)
  const all = [...new Set([...findings, ...groups.flat()])]
  const decided = ejections(all, targets)
  const shared = groups.filter((group) => new Set(group.map((each) => isEjected(each, decided))).size === 1)
  const single = all.filter((finding) => shared.every((group) => !group.includes(finding)))
  const conclusions = [
    ...shared.map((group) => ofEndpoint(group, decided)),
    ...single.map((finding) => ofKey(finding, decided)),
  ]
  return [...Map.groupBy(conclusions, ({ scope }) => scopeName(scope)).values()].map((alike) =>
    alike.reduce(joined),
  )
}

/** The same for the same scope. */
export const scopeName = ({ endpoint, key, model }: Scope): string => JSON.stringify([endpoint, key, model])

const isEjected = (finding: Finding, decided: Ejections): boolean =>
  decided.has(finding) && decided.get(finding) === undefined

function ofKey(finding: Finding, decided: Ejections): Conclusion {
  const { target, model, state, reason } = finding
  const scope = { endpoint: target.endpoint, key: target.key, ...(model !== undefined && { model }) }
  return { scope, state, reasons: [reason], verdict: verdictOf(finding, reason, decided) }
}

function ofEndpoint(group: readonly [Finding, ...Finding[]], decided: Ejections): Conclusion {
  const [{ target, model, state }] = group
  // The one that lasts longest speaks for all.
  const longest = group.reduce((a, b) => ((b.untilMs ?? Infinity) > (a.untilMs ?? Infinity) ? b : a))
  const scope = { endpoint: target.endpoint, ...(model !== undefined && { model }) }
  const reason = `all ${group.length} keys: ${group[0].reason}`
  return { scope, state, reasons: [reason], verdict: verdictOf(longest, reason, decided) }
}

function verdictOf(finding: Finding, reason: string, decided: Ejections): Verdict {
  if (!wantsEjection(finding)) return { status: "degraded", reason }
  const kept = decided.get(finding)
  if (kept !== undefined) return { status: "degraded", reason: `${reason}; still in use, for ${kept}` }
  const { untilMs } = finding
  return { status: "unavailable", reason, ...(untilMs !== undefined && { untilMs }) }
}

function joined(a: Conclusion, b: Conclusion): Conclusion {
  const state = a.state === "unhealthy" ? a.state : b.state
  return {
    scope: a.scope,
    state,
    reasons: [...a.reasons, ...b.reasons],
    verdict: worse(a.verdict, b.verdict),
  }
}
