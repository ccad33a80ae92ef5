/** For a client without a `timeout`: the pipeline's deadline rules, the SDK's own timer is put out of the way. */
export const noTimeoutMs: number = 2 ** 31 - 1

/** Ours has to be the first of two timers; more than a little earlier would take time from the call. */
const aheadOf = (timeoutMs: number): number => timeoutMs - Math.min(50, timeoutMs / 20)

/** Below this the cut-off fraction of a second is too large a share of the timeout to be given away. */
const exactEnoughSeconds = 10

/**
 * Milliseconds a call may take, so that our error comes before the SDK's timeout; `undefined` leaves it to the
 * pipeline.
 *
 * @param timeoutMs the client's own `timeout`
 * @param header `x-stainless-timeout`: the timeout of this request, where it has one of its own, in whole seconds
 *   with the rest cut off. Short ones are rounded up, and the SDK's timer ends the call
 */
export function readDeadline(timeoutMs: number, header: string | null): number | undefined {
  const seconds = header === null ? NaN : Number(header)
  if (Number.isNaN(seconds) || seconds === Math.trunc(timeoutMs / 1000))
    return timeoutMs === noTimeoutMs ? undefined : aheadOf(timeoutMs)
  return seconds < exactEnoughSeconds ? (seconds + 1) * 1000 : aheadOf(seconds * 1000)
}
