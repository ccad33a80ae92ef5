import { checkOptions, positiveMilliseconds, recordOf, refuseFaults, shape } from "@bellwether/core"
import type { Checks } from "@bellwether/core"
import { defaultLimits, reasoningFirstContentMs } from "./limits.ts"
import type { Limits } from "./limits.ts"
import { isReasoningModel } from "./reasoning-models.ts"

/** The limits of an attempt. */
export interface TimeoutOptions extends Partial<Limits> {
  /**
   * Limits of single models, over all others: by exact name, or by the beginning of one (`gpt-4*`). An exact name
   * wins over a beginning, a longer beginning over a shorter one.
   * @default {}
   */
  readonly models?: Readonly<Record<string, Partial<Limits>>>
}

const limitChecks: Checks<Limits> = {
  headersMs: positiveMilliseconds,
  firstContentMs: positiveMilliseconds,
  idleMs: positiveMilliseconds,
  answerMs: positiveMilliseconds,
  totalMs: positiveMilliseconds,
}

/** Model names come from callers, so only so many answers are remembered. */
const maxRemembered = 1_000

/**
 * What the options allow a model.
 *
 * @throws PipelineError `invalid-options`
 */
export function limitsByModel(options: TimeoutOptions = {}): (model: string | undefined) => Limits {
  checkOptions("timeout", options, { ...limitChecks, models: recordOf(shape<Partial<Limits>>(limitChecks)) })
  const { models = {}, ...everywhere } = options
  refuseFaults(Object.entries(models).flatMap(faultsOfModel))
  const common: Limits = { ...defaultLimits, ...everywhere }
  const thinking: Limits = {
    ...common,
    firstContentMs: Math.max(common.firstContentMs, reasoningFirstContentMs),
  }
  const remembered = new Map<string, Limits>()

  return (model) => {
    if (model === undefined) return common
    const known = remembered.get(model)
    if (known !== undefined) return known
    const limits = { ...(isReasoningModel(model) ? thinking : common), ...own(models, model) }
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(model, limits)
    return limits
  }
}

function own(models: NonNullable<TimeoutOptions["models"]>, model: string): Partial<Limits> | undefined {
  if (Object.hasOwn(models, model)) return models[model]
  const beginnings = Object.keys(models).filter(
    (name) => name.endsWith("*") && model.startsWith(name.slice(0, -1)),
  )
  const longest = beginnings.toSorted((a, b) => b.length - a.length)[0]
  return longest === undefined ? undefined : models[longest]
}

function faultsOfModel([name, limits]: readonly [string, Partial<Limits>]): readonly string[] {
  const path = `timeout.models[${JSON.stringify(name)}]`
  if (Object.keys(limits).length === 0) return [`${path} sets no limit: name one or leave it out.`]
  if (/\*./.test(name)) return [`${path} may have a * only at its end.`]
  return []
}
