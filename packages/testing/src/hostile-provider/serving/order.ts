import type { ReceivedRequest } from "../received-request.ts"
import type { Generation } from "./generation.ts"

/** All a grammar needs to write down an answer. */
export interface Order {
  readonly request: ReceivedRequest
  readonly generation: Generation
  /** Whether to write it down as a stream. */
  readonly stream: boolean
  /** Wall time in milliseconds. */
  readonly dateMs: number
  /** An id no other answer of any provider running on this machine has; the same for the same arguments. */
  id(prefix: string, part?: number): string
}

/** The wall time as providers write it. */
export const createdSeconds = ({ dateMs }: Pick<Order, "dateMs">): number => Math.floor(dateMs / 1000)

/** Whether a streamed answer is to carry the token count. */
export const asksUsage = ({ json }: ReceivedRequest): boolean => {
  const options = json?.["stream_options"]
  return (
    typeof options === "object" &&
    options !== null &&
    "include_usage" in options &&
    options.include_usage === true
  )
}
