import type { Attempt, Call } from "@bellwether/core"
import { isFree, isRequestBilled } from "@bellwether/wire"
import type { Usage } from "@bellwether/wire"

/** What an attempt is billed for: nothing, some tokens, or what nobody knows. */
export type Billed = "nothing" | "unknown" | Usage

/** What an attempt that is over is billed for. */
export function billedUsage({ call, ending }: Attempt): Billed {
  if (isFree(call.operation)) return "nothing"
  if (ending?.usage !== undefined) return ending.usage
  if (ending?.failure !== undefined)
    return isRequestBilled(ending.failure.class) ? (asked(call) ?? "unknown") : "nothing"
  return call.operation.name === "embeddings" ? (asked(call) ?? "unknown") : "unknown"
}

/** The request alone; `undefined` where it is not measured by its text. */
function asked(call: Call): Usage | undefined {
  const { grammar, name } = call.operation
  if (grammar === undefined && name !== "embeddings") return undefined
  return { input: call.estimate().input, output: 0, estimated: true }
}
