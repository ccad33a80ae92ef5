/** What a verdict, a gate or a park speaks of: an endpoint, one key of it, one model on it. */
export interface Scope {
  readonly endpoint: string
  readonly key?: string
  readonly model?: string
}

/**
 * What a plugin says of a scope, always with a reason a person can read.
 * Times are monotonic milliseconds of the pipeline's clock.
 */
export type Verdict =
  | { readonly status: "available" }
  | { readonly status: "degraded"; readonly reason: string }
  | {
      readonly status: "unavailable"
      /** When it may be tried again; absent when nobody knows. */
      readonly untilMs?: number
      readonly reason: string
      /** Nothing gets better by waiting (a revoked key, a missing model): a call should not wait for it. */
      readonly parked?: true
      /** An operator's or an own limit's word: not even a panic try goes there. */
      readonly veto?: true
      /** Rate limits are why, the provider's or our own: a call with nowhere else to go is told so. */
      readonly throttled?: true
      /** A call may wait for it in line (see `Board.line`): at most so many milliseconds. Absent where there is no line. */
      readonly lineMs?: number
    }

export const available: Verdict = { status: "available" }

const gravity = { available: 0, degraded: 1, unavailable: 2 } as const

/**
 * The worse of two verdicts; of two `unavailable` ones a park, then the one that lasts longer. A veto stays one, and so
 * does the line of two that both speak of rate limits.
 */
export function worse(a: Verdict, b: Verdict): Verdict {
  if (a.status !== "unavailable" || b.status !== "unavailable")
    return gravity[b.status] > gravity[a.status] ? b : a
  const worst = lasting(a, b)
  const lineMs = a.throttled && b.throttled ? (a.lineMs ?? b.lineMs) : worst.lineMs
  const isVeto = a.veto ?? b.veto
  if (worst.veto === isVeto && worst.lineMs === lineMs) return worst
  return { ...worst, ...(isVeto && { veto: isVeto }), ...(lineMs !== undefined && { lineMs }) }
}

type Unavailable = Extract<Verdict, { status: "unavailable" }>

function lasting(a: Unavailable, b: Unavailable): Unavailable {
  if (a.parked !== b.parked) return a.parked ? a : b
  return (b.untilMs ?? Infinity) > (a.untilMs ?? Infinity) ? b : a
}

/** Whether a scope covers a target's endpoint and key and the model asked for. */
export function covers(scope: Scope, endpoint: string, key: string, model: string | undefined): boolean {
  return (
    scope.endpoint === endpoint &&
    (scope.key === undefined || scope.key === key) &&
    (scope.model === undefined || scope.model === model)
  )
}
