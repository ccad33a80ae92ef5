import type { Call } from "./call.ts"
import type { Failure } from "./failure.ts"
import { PipelineError } from "./pipeline-error.ts"
import { statusOf } from "./error-response.ts"

/** The error a failed call is thrown as: a sentence and the trail, no provider text. */
export function pipelineError(failure: Failure, call: Call): PipelineError {
  const { code, message, retryAfterMs, cause } = failure
  return new PipelineError(code, message, {
    status: statusOf(failure),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    callId: call.id,
    trail: call.trail,
    ...(cause !== undefined && { cause }),
  })
}
