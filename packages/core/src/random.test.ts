import { describe, expect, test } from "vitest"
import { seededRandom, systemRandom, type Random } from "./random.ts"

const draws = (random: Random, count = 5): readonly number[] =>
  Array.from({ length: count }, () => random.next())

describe("a seeded random", () => {
  test("repeats itself for the same seed, and for no other", () => {
    expect(draws(seededRandom("a"))).toEqual(draws(seededRandom("a")))
    expect(draws(seededRandom("a"))).not.toEqual(draws(seededRandom("b")))
    expect(draws(seededRandom(1))).not.toEqual(draws(seededRandom(2)))
  })

  test("draws the same numbers in every version of Bellwether", () => {
    expect(seededRandom(42).id()).toBe("qkpamof7ct1arorv8f")
  })

  test("gives each purpose a stream that no draw elsewhere shifts", () => {
    const undisturbed = draws(seededRandom(1).stream("jitter", 7))
    const random = seededRandom(1)
    draws(random, 100)
    draws(random.stream("jitter", 6), 100)
    expect(draws(random.stream("jitter", 7))).toEqual(undisturbed)
    expect(draws(random.stream("jitter").stream(7))).toEqual(undisturbed)
  })

  test("keeps purposes apart however they are spelled", () => {
    const random = seededRandom(1)
    const purposes = [["a", "b"], ["ab"], ["a,b"], ["a", "b", ""], [1], ["1"], [""], []]
    const firsts = purposes.map((purpose) => random.stream(...purpose).next())
    expect(new Set(firsts).size).toBe(purposes.length)
  })

  test("streams with neighbouring names have nothing in common", () => {
    const random = seededRandom(1)
    const firsts = Array.from({ length: 4000 }, (_, index) => random.stream(index).next())
    const products = firsts.slice(1).map((drawn, index) => (drawn - 0.5) * ((firsts[index] ?? 0) - 0.5))
    const correlation = products.reduce((sum, product) => sum + product, 0) / products.length / (1 / 12)
    expect(Math.abs(correlation)).toBeLessThan(0.05)
  })
})

describe.each([
  ["a seeded random", seededRandom("uniform")],
  ["the system's random", systemRandom],
])("%s", (_name, random) => {
  test("stays within [0, 1) and fills it evenly", () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (const drawn of draws(random, 100_000)) tenths[Math.floor(drawn * 10)]! += 1
    expect(tenths).toHaveLength(10)
    for (const size of tenths) expect(Math.abs(size - 10_000)).toBeLessThan(600)
  })

  test("makes identifiers of 18 lower-case letters and digits that do not repeat", () => {
    const ids = Array.from({ length: 10_000 }, () => random.id())
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[0-9a-v]{18}$/)
  })

  test("uses all of the digits at every place of an identifier", () => {
    const places = Array.from({ length: 18 }, () => new Set<string>())
    for (let drawn = 0; drawn < 2000; drawn++)
      random
        .id()
        .split("")
        .forEach((digit, place) => places[place]?.add(digit))
    for (const digits of places) expect(digits.size).toBe(32)
  })
})
