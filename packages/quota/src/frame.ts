/** How long a budget lasts. A rolling month has 30 days. */
export type Period = "minute" | "hour" | "day" | "month"

/** Where the time of a budget begins: with the calendar's minute, hour, day or month (UTC), or always just now. */
export type Window = "rolling" | "calendar"

/**
 * Cuts time into slots, and says which of them count together. Times are wall milliseconds; a slot is named by its
 * beginning. What falls into a slot is forgotten as a whole, so memory is fixed.
 */
export interface Frame {
  slotOf(dateMs: number): number
  /** When what fell into a slot counts no more. */
  goneMs(slot: number): number
  /** The slots that count at a time, oldest first. */
  counting(dateMs: number): readonly number[]
}

const lengthsMs: Readonly<Record<Period, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 30 * 86_400_000,
}

/** The beginning of the calendar's period, or of one some periods later. */
export function periodStart(per: Period, dateMs: number, later = 0): number {
  const lengthMs = lengthsMs[per]
  if (per !== "month") return (Math.floor(dateMs / lengthMs) + later) * lengthMs
  const date = new Date(dateMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
}

/** A rolling window is made of so many slots: it remembers up to one of them, 1/60 of its length, too long. */
const slotsPerWindow = 60

function calendarFrame(per: Period): Frame {
  const slotOf = (dateMs: number): number => periodStart(per, dateMs)
  return { slotOf, goneMs: (slot) => periodStart(per, slot, 1), counting: (dateMs) => [slotOf(dateMs)] }
}

function rollingFrame(per: Period): Frame {
  const lengthMs = lengthsMs[per]
  const widthMs = lengthMs / slotsPerWindow
  const slotOf = (dateMs: number): number => Math.floor(dateMs / widthMs) * widthMs
  return {
    slotOf,
    goneMs: (slot) => slot + widthMs + lengthMs,
    counting: (dateMs) =>
      Array.from(
        { length: slotsPerWindow + 1 },
        (_, index) => slotOf(dateMs) - (slotsPerWindow - index) * widthMs,
      ),
  }
}

/** The frame of a budget. */
export const frameOf = (per: Period, window: Window): Frame =>
  window === "calendar" ? calendarFrame(per) : rollingFrame(per)
