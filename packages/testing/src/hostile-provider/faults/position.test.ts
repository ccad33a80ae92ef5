import { array, assert, constantFrom, nat, property, record } from "fast-check"
import { describe, expect, test } from "vitest"
import { byteCount, joined, parts, piece, slices, type Piece } from "../reply.ts"
import { splitAt, splitAtByte } from "./position.ts"

const pieces = array(
  record({ text: constantFrom("a", "naïve", "🔔🔔", "data: {}\n\n"), part: constantFrom(...parts) }).map(
    ({ text, part }) => piece(text, part),
  ),
)

const partsOf = (side: readonly Piece[]) => side.map(({ part }) => part)

describe("a place in a stream", () => {
  test("splits without losing or changing a byte", () => {
    assert(
      property(pieces, nat(60), (whole, atByte) => {
        const [before, after] = splitAtByte(whole, atByte)
        expect(joined([...before, ...after])).toEqual(joined(whole))
        expect(byteCount(before)).toBe(Math.min(atByte, byteCount(whole)))
      }),
    )
  })

  test("after some content has exactly so much of it before, or all there is", () => {
    assert(
      property(pieces, nat(8), (whole, afterContent) => {
        const [before, after] = splitAt(whole, { afterContent })
        const count = (side: readonly Piece[]) => partsOf(side).filter((part) => part === "content").length
        expect([...before, ...after]).toEqual(whole)
        expect(count(before)).toBe(Math.min(afterContent, count(whole)))
      }),
    )
  })

  test("before the first content is after the whole preamble", () => {
    const whole = [piece("1", "preamble"), piece("2", "preamble"), piece("3", "content")]
    expect(partsOf(splitAt(whole, { afterContent: 0 })[0])).toEqual(["preamble", "preamble"])
  })

  test("is after the first content event if nothing else is said", () => {
    const whole = [piece("1", "preamble"), piece("2", "content"), piece("3", "content")]
    expect(partsOf(splitAt(whole, {})[0])).toEqual(["preamble", "content"])
  })
})

test("slices are small, and joined they are the whole", () => {
  assert(
    property(pieces, nat(9), (whole, size) => {
      const sliced = slices(whole, size + 1)
      expect(joined(sliced)).toEqual(joined(whole))
      expect(sliced.every(({ bytes }) => bytes.length > 0 && bytes.length <= size + 1)).toBe(true)
    }),
  )
})
