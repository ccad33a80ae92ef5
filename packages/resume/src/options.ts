import { checkOptions, listOf, oneOf } from "@bellwether/core"

/**
 * How a cut stream goes on. `continue` asks a target that accepts prefill to go on from what was delivered;
 * `splice` asks for the whole answer again and drops what was delivered already, if it is identical.
 */
export type How = "continue" | "splice"

/** Options of {@link resume}. */
export interface ResumeOptions {
  /** What may be done, in this order: the next where one cannot serve. @default ["continue", "splice"] */
  readonly how?: readonly How[]
}

/** @throws PipelineError `invalid-options` */
export function readOptions(options: ResumeOptions): Required<ResumeOptions> {
  checkOptions<ResumeOptions>("resume", options, { how: listOf(oneOf(["continue", "splice"]), { min: 1 }) })
  return { how: [...new Set(options.how ?? (["continue", "splice"] as const))] }
}
