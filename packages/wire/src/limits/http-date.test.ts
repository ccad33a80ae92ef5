import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readHttpDate, readTimestamp } from "./http-date.ts"

const dateMs = Date.UTC(2026, 10, 23)
const expectedMs = Date.UTC(1994, 10, 6, 8, 49, 37)

describe("an HTTP date", () => {
  test.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "is read from %j",
    (text) => {
      expect(readHttpDate(text, dateMs)).toBe(expectedMs)
    },
  )

  test("of any second is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 11, 31)), noInvalidDate: true }),
        (date) => {
          const wholeMs = Math.floor(date.getTime() / 1000) * 1000
          expect(readHttpDate(date.toUTCString(), dateMs)).toBe(wholeMs)
        },
      ),
    )
  })

  test("with two digits for the year lies at most fifty years ahead", () => {
    expect(readHttpDate("Friday, 01-Jan-76 00:00:00 GMT", dateMs)).toBe(Date.UTC(2076, 0, 1))
    expect(readHttpDate("Friday, 01-Jan-77 00:00:00 GMT", dateMs)).toBe(Date.UTC(1977, 0, 1))
  })

  test.each([
    "",
    "tomorrow",
    "Sun, 06 Nov 1994",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 +0100",
    "Sun, 31 Feb 2026 08:49:37 GMT",
    "Sun, 29 Feb 2026 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 00 Nov 1994 08:00:00 GMT",
    "06 Nov 1994 08:49:37 GMT",
    "1994-11-06T08:49:37Z",
  ])("is not read from %j", (text) => {
    expect(readHttpDate(text, dateMs)).toBeUndefined()
  })
})

describe("a timestamp", () => {
  test.each([
    ["1994-11-06T08:49:37Z", 0],
    ["1994-11-06t08:49:37z", 0],
    ["1994-11-06T08:49:37.250Z", 250],
    ["1994-11-06T10:49:37+02:00", 0],
    ["1994-11-06T03:19:37-05:30", 0],
  ])("is read from %j", (text, fractionMs) => {
    expect(readTimestamp(text)).toBe(expectedMs + fractionMs)
  })

  test.each(["1994-11-06", "1994-13-06T08:49:37Z", "1994-02-30T08:49:37Z", "1994-11-06T08:49:37", "x"])(
    "is not read from %j",
    (text) => {
      expect(readTimestamp(text)).toBeUndefined()
    },
  )
})
