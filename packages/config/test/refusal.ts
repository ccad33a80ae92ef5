import { PipelineError } from "@bellwether/core"

/** The error that a config is refused with. */
export async function refusal(loading: Promise<unknown>): Promise<PipelineError> {
  try {
    await loading
  } catch (error) {
    if (PipelineError.is(error)) return error
    throw error
  }
  throw new Error("It was not refused.")
}
