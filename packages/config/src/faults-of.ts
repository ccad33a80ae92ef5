import { PipelineError } from "@bellwether/core"

/** What is wrong with options, told by trying to use them: a sentence per fault. */
export function faultsOf(use: () => unknown): readonly string[] {
  try {
    use()
    return []
  } catch (error) {
    if (!PipelineError.is(error, "invalid-options")) throw error
    return error.faults ?? [error.message]
  }
}
