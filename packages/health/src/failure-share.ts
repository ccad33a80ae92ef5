/**
 * The share of attempts that fail of late, as a moving average by count. Plain data; times are monotonic milliseconds.
 */
export interface FailureShare {
  /** From 0 to 1. */
  readonly share: number
  /** Whether it counts as a partial failure; it does until the share has halved. */
  readonly isHigh: boolean
  /** When the last attempt was counted. */
  readonly lastMs: number
}

/** When a share is high. */
export interface ShareRules {
  readonly failureShare: number
  /** Milliseconds of silence after which everything is forgotten. */
  readonly windowMs: number
}

/** Nothing is known. */
export const noFailures: FailureShare = { share: 0, isHigh: false, lastMs: 0 }

/** The average is made of about so many attempts. */
const attemptsRemembered = 20

/** After one more attempt. */
export function counted(
  before: FailureShare,
  isFailure: boolean,
  nowMs: number,
  rules: ShareRules,
): FailureShare {
  const { share: earlier, isHigh: wasHigh } = forgetting(before, nowMs, rules)
  const share = earlier + (Number(isFailure) - earlier) / attemptsRemembered
  return { share, isHigh: share >= rules.failureShare / (wasHigh ? 2 : 1), lastMs: nowMs }
}

/** As silence leaves it: what is degraded may get no calls, and would stay so for ever. */
export function forgetting(share: FailureShare, nowMs: number, { windowMs }: ShareRules): FailureShare {
  return nowMs < share.lastMs + windowMs ? share : noFailures
}
