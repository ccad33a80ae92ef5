import { virtualClock } from "@bellwether/testing"
import fc from "fast-check"
import { expect, test } from "vitest"
import { Flapping } from "./flapping.ts"
import type { Line } from "./logger.ts"

const line = (words: string): Line => ({ level: "info", words, fields: {} })

function watched(lines = 2) {
  const clock = virtualClock()
  const told: string[] = []
  const flapping = new Flapping(lines, 60_000, clock, ({ words, fields }) => {
    told.push("leftOut" in fields ? `${words} (${String(fields["leftOut"])} left out)` : words)
  })
  return { clock, told, flapping }
}

test("the first lines of a subject pass, and when its time is over the last of the others", async () => {
  const { clock, told, flapping } = watched()
  for (const words of ["a1", "a2", "a3", "a4", "a5"]) flapping.tell("a", line(words))
  flapping.tell("b", line("b1"))
  expect(told).toEqual(["a1", "a2", "b1"])
  await clock.advance(60_000)
  expect(told).toEqual(["a1", "a2", "b1", "a5 (2 left out)"])
  flapping.tell("a", line("a6"))
  expect(told.at(-1)).toBe("a6")
})

test("a subject that was held back once is told without a count", async () => {
  const { clock, told, flapping } = watched(1)
  for (const words of ["opened", "closed"]) flapping.tell("a", line(words))
  await clock.advance(60_000)
  expect(told).toEqual(["opened", "closed"])
})

test("the last line of each subject is always told in the end, and none twice", async () => {
  const subjects = fc.constantFrom("a", "b", "c")
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(subjects, fc.nat(40_000)), { maxLength: 60 }), async (steps) => {
      const { clock, told, flapping } = watched()
      const last = new Map<string, string>()
      for (const [index, [key, waitMs]] of steps.entries()) {
        await clock.advance(waitMs)
        last.set(key, `${key}${index}`)
        flapping.tell(key, line(`${key}${index}`))
      }
      await clock.advance(60_000)
      const words = told.map((text) => text.split(" ", 1)[0])
      for (const [key, text] of last) expect(words.findLast((word) => word?.startsWith(key))).toBe(text)
      expect(new Set(words).size).toBe(words.length)
      expect(clock.pending).toBe(0)
    }),
  )
})

test("ten thousand subjects are remembered as a thousand, and who is forgotten is told of first", () => {
  const { clock, told, flapping } = watched(1)
  for (const words of ["0: opened", "0: closed"]) flapping.tell("0", line(words))
  for (let subject = 1; subject <= 10_000; subject++) flapping.tell(String(subject), line("opened"))
  expect(clock.pending).toBe(1_000)
  expect(told).toContain("0: closed")
})

test("when it stops it tells what it held, and holds nothing any more", () => {
  const { clock, told, flapping } = watched(1)
  for (const words of ["a1", "a2"]) flapping.tell("a", line(words))
  flapping.stop()
  for (const words of ["a3", "a4"]) flapping.tell("a", line(words))
  expect(told).toEqual(["a1", "a2", "a3", "a4"])
  expect(clock.pending).toBe(0)
})
