import type { Attempt, Call, Failure } from "@bellwether/core"
import { isFree } from "@bellwether/wire"
import type { FailureClass, Usage } from "@bellwether/wire"

/** What an attempt is billed for: nothing, some tokens, or what nobody knows. */
export type Billed = "nothing" | "unknown" | Usage

/** Failures after which a provider has worked, whatever became of the answer. Before the others it has not. */
const worked: ReadonlySet<FailureClass> = new Set(["cancelled", "superseded", "timeout", "broken-response"])

/** What an attempt that is over is billed for. */
export function billedUsage({ call, ending }: Attempt): Billed {
  if (isFree(call.operation)) return "nothing"
  if (ending?.usage !== undefined) return ending.usage
  if (ending?.failure !== undefined) return hasWorked(ending.failure) ? (asked(call) ?? "unknown") : "nothing"
  return call.operation.name === "embeddings" ? (asked(call) ?? "unknown") : "unknown"
}

const hasWorked = ({ class: failureClass }: Failure): boolean => worked.has(failureClass)

/** The request alone; `undefined` where it is not measured by its text. */
function asked(call: Call): Usage | undefined {
  const { grammar, name } = call.operation
  if (grammar === undefined && name !== "embeddings") return undefined
  return { input: call.estimate().input, output: 0, estimated: true }
}
