import type { Target } from "@bellwether/core"
import { wantsEjection } from "./finding.ts"
import type { Finding } from "./finding.ts"

/**
 * Findings that several keys of an endpoint have alike, and so are the endpoint's: with them those of its other keys,
 * of which nothing speaks for the contrary.
 *
 * @param isWell whether a key has lately shown that it works, whatever the others do
 * @returns each group with a finding for every key of its endpoint
 */
export function endpointWide(
  findings: readonly Finding[],
  targets: readonly Target[],
  isWell: (target: Target, like: Finding) => boolean,
): readonly (readonly [Finding, ...Finding[]])[] {
  const alike = Map.groupBy(findings.filter(wantsEjection), ({ target, model, evidence, kind }) =>
    JSON.stringify([target.endpoint, model, evidence, kind]),
  )
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length < 2) return []
    const keys = targets.filter(({ endpoint }) => endpoint === first.target.endpoint)
    const others = keys.filter((key) => group.every(({ target }) => target !== key))
    if (others.some((other) => isWell(other, first))) return []
    const reason = `as with the other keys of its endpoint: ${first.reason}`
    return [[first, ...group.slice(1), ...others.map((target) => ({ ...first, target, reason }))]]
  })
}
