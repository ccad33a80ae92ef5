import { checkOptions, oneOf, refuseFaults } from "@bellwether/core"
import { faultKinds, strikeOf, type FaultRule } from "./fault.ts"
import { whenChecks } from "./when.ts"

const timesOnly: readonly string[] = ["fromMs", "untilMs", "cycle"]

/**
 * Refuses a rule that cannot be meant: rules come from files, where no compiler looks.
 *
 * @throws PipelineError `invalid-options`
 */
export const checkRule = (rule: FaultRule): void => {
  refuseFaults(oneOf(faultKinds)(rule.kind, "fault.kind"))
  const { kind, when = {}, ...options } = rule
  checkOptions(`fault "${kind}"`, options, rule.kind === "refuse" ? {} : strikeOf(rule).options)
  checkOptions(`fault "${kind}".when`, when, whenChecks)
  if (kind !== "refuse") return
  const inert = Object.keys(when).filter((name) => !timesOnly.includes(name))
  refuseFaults(
    inert.map(
      (name) => `fault "refuse".when.${name} has no effect: a refused connection has no request yet.`,
    ),
  )
}
