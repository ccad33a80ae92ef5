import { serving } from "@bellwether/core"
import type { Target } from "@bellwether/core"
import { exemplaryModels } from "./exemplary-models.ts"
import { wantsEjection } from "./finding.ts"
import type { Finding } from "./finding.ts"

/** Why a target is kept in use although it is unhealthy. */
export type KeptBecause = "nothing else is left" | "half of its tier is out of use already"

/** What becomes of each finding that wants a target out of use: nothing stands in the way, or this does. */
export type Ejections = ReadonlyMap<Finding, KeptBecause | undefined>

/**
 * Decides who goes out of use, the earliest findings first: never more than half of a tier of two or more, and never
 * the last one, among the targets that serve a model, whichever model that is (law 10).
 */
export function ejections(findings: readonly Finding[], targets: readonly Target[]): Ejections {
  const wanted = findings.filter(wantsEjection).toSorted((a, b) => a.sinceMs - b.sinceMs)
  const models = new Set([...exemplaryModels(targets), ...wanted.flatMap(({ model = [] }) => model)])
  const decided = new Map<Finding, KeptBecause | undefined>()
  for (const finding of wanted) {
    const ejected = [...decided].flatMap(([other, kept]) => (kept === undefined ? other : []))
    const affected = finding.model === undefined ? models : [finding.model]
    const reasons = [...affected].flatMap((model) => objection(finding.target, model, ejected, targets) ?? [])
    decided.set(finding, reasons.find((reason) => reason === "nothing else is left") ?? reasons[0])
  }
  return decided
}

function objection(
  target: Target,
  model: string,
  ejected: readonly Finding[],
  targets: readonly Target[],
): KeptBecause | undefined {
  const able = serving(targets, model)
  const out = new Set(
    ejected.flatMap((finding) => ((finding.model ?? model) === model ? finding.target.id : [])),
  )
  // Who is out already for all models goes no further by a finding about one.
  if (!able.includes(target) || out.has(target.id)) return undefined
  const isOut = ({ id }: Target): boolean => out.has(id)
  if (able.filter(isOut).length + 1 >= able.length) return "nothing else is left"
  const tier = able.filter((candidate) => candidate.tier === target.tier)
  const isTooMany = tier.length > 1 && (tier.filter(isOut).length + 1) * 2 > tier.length
  return isTooMany ? "half of its tier is out of use already" : undefined
}
