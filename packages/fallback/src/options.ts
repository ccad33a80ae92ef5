import { checkOptions, listOf, recordOf, refuseFaults, text } from "@bellwether/core"
import type { Check } from "@bellwether/core"

/** Which models may stand in for which. At least one of the two is needed. */
export interface FallbackOptions {
  /**
   * For a model that cannot be had: those to ask for in its place, in this order.
   * @default {}
   */
  readonly models?: Readonly<Record<string, readonly string[]>>
  /**
   * For a request that is too long for a model: those that hold more, in this order.
   * @default {}
   */
  readonly longerContext?: Readonly<Record<string, readonly string[]>>
}

/** What stands in for a model. */
export interface StandIns {
  readonly models: readonly string[]
  readonly longerContext: readonly string[]
}

const chains: Check = recordOf(listOf(text, { min: 1 }))

/**
 * What the options say of a model; `undefined` for one that nothing stands in for.
 *
 * @throws PipelineError `invalid-options`
 */
export function standInsOf(options: FallbackOptions): (model: string | undefined) => StandIns | undefined {
  checkOptions<FallbackOptions>("fallback", options, { models: chains, longerContext: chains })
  const { models = {}, longerContext = {} } = options
  const named = new Set([...Object.keys(models), ...Object.keys(longerContext)])
  refuseFaults([
    ...(named.size === 0 ? ["fallback names no model: give it `models` or `longerContext`."] : []),
    ...Object.entries({ models, longerContext }).flatMap(([name, chain]) =>
      circles(`fallback.${name}`, chain),
    ),
  ])
  const standIns = new Map<string | undefined, StandIns>(
    [...named].map((model) => [
      model,
      { models: models[model] ?? [], longerContext: longerContext[model] ?? [] },
    ]),
  )
  return (model) => standIns.get(model)
}

const circles = (path: string, chain: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  Object.entries(chain).flatMap(([model, standIns]) =>
    new Set([model, ...standIns]).size === standIns.length + 1
      ? []
      : [`${path}[${JSON.stringify(model)}] names a model twice: each is asked for once.`],
  )
