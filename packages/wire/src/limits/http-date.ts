const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const month = `(?<month>${months.join("|")})`
const time = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)"

const formats = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(
    `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`,
  ),
  // Sun Nov  6 08:49:37 1994
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
]

const rfc3339 =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[Tt ](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?<fraction>\.\d+)?(?:[Zz]|(?<sign>[+-])(?<zoneHour>\d\d):(?<zoneMinute>\d\d))$/

/** Wall milliseconds of a civil time in UTC, or undefined when there is no such day or hour. */
const instant = (parts: Record<string, string | undefined>, year: number, monthIndex: number) => {
  const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const lastDay = new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate()
  // A leap second is a second of its own in both grammars.
  if (monthIndex < 0 || monthIndex > 11 || day < 1 || day > lastDay) return undefined
  if (hour > 23 || minute > 59 || second > 60) return undefined
  return Date.UTC(year, monthIndex, day, hour, minute, second)
}

/** A two-digit year that would lie more than 50 years ahead belongs to the century before. */
const fullYear = (digits: string, dateMs: number): number => {
  if (digits.length === 4) return Number(digits)
  const thisYear = new Date(dateMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}

/**
 * The wall time, in milliseconds, of an HTTP date in one of its three formats, or undefined for anything else.
 * Source: RFC 9110 §5.6.7.
 *
 * @param dateMs - the wall time now, which decides the century of a two-digit year
 */
export const readHttpDate = (value: string, dateMs: number): number | undefined => {
  for (const format of formats) {
    const parts = format.exec(value)?.groups
    if (parts) return instant(parts, fullYear(parts.year ?? "", dateMs), months.indexOf(parts.month ?? ""))
  }
  return undefined
}

/** The wall time, in milliseconds, of an RFC 3339 timestamp, or undefined for anything else. */
export const readTimestamp = (value: string): number | undefined => {
  const parts = rfc3339.exec(value)?.groups
  if (!parts) return undefined
  const wholeMs = instant(parts, Number(parts.year), Number(parts.month) - 1)
  if (wholeMs === undefined) return undefined
  const zoneMinutes = Number(parts.zoneHour ?? 0) * 60 + Number(parts.zoneMinute ?? 0)
  const zoneMs = (parts.sign === "-" ? -1 : 1) * zoneMinutes * 60_000
  return wholeMs - zoneMs + Math.floor(Number(parts.fraction ?? 0) * 1000)
}
