/** How much of a quota is left, as far as it has been told. */
export type Alarm = "fine" | "low" | "exhausted"

/** When it is low, and how much must be left before somebody is told that it is back. Shares from 0 to 1. */
export interface AlarmRules {
  readonly lowShare: number
  readonly backShare: number
}

/** How much more than low it must be before it can be low again. */
const hysteresis = 1.25

/** The alarm at a share that is left: each is told once per crossing, not once per look. */
export function nextAlarm(alarm: Alarm, share: number, { lowShare, backShare }: AlarmRules): Alarm {
  if (share <= 0) return "exhausted"
  if (alarm === "exhausted" && share < backShare) return "exhausted"
  if (share < lowShare) return "low"
  return alarm !== "fine" && share < Math.min(1, lowShare * hysteresis) ? "low" : "fine"
}
