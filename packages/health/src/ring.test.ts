import fc from "fast-check"
import { expect, test } from "vitest"
import { Ring } from "./ring.ts"

test("a ring holds the newest, oldest first", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer(), { maxLength: 20 }),
      (capacity, entries) => {
        const ring = new Ring<number>(capacity)
        for (const entry of entries) ring.add(entry)
        expect(ring.list()).toEqual(entries.slice(-capacity))
        expect(ring.newest).toBe(entries.at(-1))
      },
    ),
  )
})
