import { checkOptions, count, listOf, must, recordOf, refuseFaults, text } from "@bellwether/core"
import type { Check } from "@bellwether/core"
import { ownRows } from "./models.ts"
import { ownLabels } from "./prometheus/labels.ts"

/** What is told apart, and how it is labelled. */
export interface MetricsOptions {
  /**
   * The models that are told apart, exact or by their beginning (`claude-*`); all others are counted as `(other)`.
   *
   * @default the first `maxModels` that are asked for
   */
  readonly models?: readonly string[]
  /** How many models are told apart where `models` names none; the others are counted as `(other)`. @default 50 */
  readonly maxModels?: number
  /** Labels on every Prometheus sample, such as the pipeline's name where there are several. @default {} */
  readonly labels?: Readonly<Record<string, string>>
}

/** The options with their defaults. */
export interface MetricsRules {
  readonly models: readonly string[] | undefined
  readonly maxModels: number
  readonly labels: Readonly<Record<string, string>>
}

const labelText = must("a text", (value) => typeof value === "string")

const labels: Check = (value, path) => [
  ...recordOf(labelText)(value ?? {}, path),
  ...Object.keys(value ?? {}).flatMap((name) => {
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
      return [
        `${path}.${name} is no name for a label: letters, digits and _, not beginning with a digit or __.`,
      ]
    return ownLabels.has(name)
      ? [`${path}.${name} is a label of the metrics themselves: take another name.`]
      : []
  }),
]

/** @throws PipelineError `invalid-options` */
export function readOptions(options: MetricsOptions | undefined): MetricsRules {
  checkOptions<MetricsOptions>("metrics", options, {
    models: listOf(text, { min: 1 }),
    maxModels: count,
    labels,
  })
  if (options?.models !== undefined && options.maxModels !== undefined)
    refuseFaults(["metrics.maxModels does nothing beside metrics.models: leave one of them out."])
  refuseFaults(
    ownRows
      .filter((name) => options?.models?.includes(name))
      .map((name) => `metrics.models has "${name}", which is a row of its own: leave it out.`),
  )
  return { models: options?.models, maxModels: options?.maxModels ?? 50, labels: options?.labels ?? {} }
}
