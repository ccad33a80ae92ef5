/** Numbers and durations as people read them. What is not known is a dash. */
export interface Format {
  count(value: number): string
  percent(share: number | null): string
  /** Milliseconds, from `3 ms` to `4 min`. */
  duration(ms: number | null): string
  usd(value: number | null): string
  clock(atMs: number): string
}

const nothing = "–"

export function createFormat(language: string): Format {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 })
  // Never rounded up: one call lost of thousands is not 100 %.
  const share = new Intl.NumberFormat(language, {
    style: "percent",
    maximumFractionDigits: 2,
    roundingMode: "floor",
  })
  const money = new Intl.NumberFormat(language, { style: "currency", currency: "USD" })
  const smallMoney = new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    maximumSignificantDigits: 2,
  })
  const unit = (name: string, digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, maximumFractionDigits: digits })
  const units = {
    ms: unit("millisecond", 0),
    s: unit("second", 1),
    min: unit("minute", 0),
    h: unit("hour", 1),
    d: unit("day", 1),
  }
  const time = new Intl.DateTimeFormat(language, { timeStyle: "medium" })
  return {
    count: (value) => (Math.abs(value) >= 100_000 ? compact : whole).format(value),
    percent: (value) => (value === null ? nothing : share.format(value)),
    duration: (ms) => {
      if (ms === null) return nothing
      if (ms < 1_000) return units.ms.format(Math.max(0, ms))
      if (ms < 100_000) return units.s.format(ms < 10_000 ? ms / 1_000 : Math.round(ms / 1_000))
      if (ms < 5_400_000) return units.min.format(ms / 60_000)
      return ms < 129_600_000 ? units.h.format(ms / 3_600_000) : units.d.format(ms / 86_400_000)
    },
    usd: (value) =>
      value === null ? nothing : (value !== 0 && Math.abs(value) < 1 ? smallMoney : money).format(value),
    clock: (atMs) => time.format(atMs),
  }
}
