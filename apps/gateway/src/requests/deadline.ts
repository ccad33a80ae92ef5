import type { IncomingHttpHeaders } from "node:http"

/** From here on the SDK means "no timeout". */
const noTimeoutSeconds = 2_147_483

/** Below this the fraction of a second that the header lacks is too large a share to be given away. */
const longSeconds = 10

/**
 * Milliseconds a call may take by the timeout its SDK tells (`x-stainless-timeout`, whole seconds), so that our error
 * comes before the SDK's own; `undefined` where it tells none.
 */
export function deadlineOf(headers: IncomingHttpHeaders): number | undefined {
  const told = headers["x-stainless-timeout"]
  if (typeof told !== "string" || !/^\d{1,7}$/.test(told)) return undefined
  const seconds = Number(told)
  if (seconds === 0 || seconds >= noTimeoutSeconds) return undefined
  return seconds < longSeconds ? (seconds + 1) * 1_000 : seconds * 1_000 - 50
}
