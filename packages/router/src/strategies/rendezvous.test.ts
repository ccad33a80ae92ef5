import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { hashOf } from "./hash.ts"
import { berthOf } from "./rendezvous.ts"
import type { Berth } from "./rendezvous.ts"

interface Named extends Berth {
  readonly id: string
}
type Berths = readonly [Named, ...Named[]]

const berth = (id: string, weight = 1, inFlight = 0): Named => ({ id, hash: hashOf(id), weight, inFlight })
const three: Berths = [berth("alpha/main"), berth("beta/main"), berth("gamma/main")]
const sessions = Array.from({ length: 3_000 }, (_, number) => hashOf(`session-${number}`))

const shares = (berths: Berths): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const session of sessions) {
    const { id } = berthOf(session, berths)
    counts[id] = (counts[id] ?? 0) + 1
  }
  return counts
}

describe("sessions", () => {
  test("spread evenly", () => {
    for (const count of Object.values(shares(three))) expect(Math.abs(count - 1_000)).toBeLessThan(100)
  })

  test("spread by weight", () => {
    const { a = 0, b = 0 } = shares([berth("a", 1), berth("b", 3)])
    expect(a + b).toBe(3_000)
    expect(Math.abs(b - 2_250)).toBeLessThan(100)
  })

  test("stay where they are when another place goes, and when the order changes", () => {
    for (const session of sessions.slice(0, 300)) {
      const { id } = berthOf(session, three)
      const without = three.filter(({ id: other }) => other === id || other !== "beta/main")
      expect(berthOf(session, without.toReversed() as [Named, ...Named[]]).id).toBe(id)
    }
  })
})

describe("a place with far more than its share", () => {
  const session = hashOf("session-1")
  const home = berthOf(session, three).id
  const loaded = (inFlight: number, others: number): Berths =>
    three.map((place) => ({ ...place, inFlight: place.id === home ? inFlight : others })) as unknown as Berths

  test.each<readonly [string, number, number, boolean]>([
    ["is kept while it has few calls, though the others have none", 3, 0, true],
    ["is passed over when it has many and the others none", 4, 0, false],
    ["is kept when all have as many", 40, 40, true],
    ["is kept up to a quarter more than its share", 50, 36, true],
    ["is passed over beyond", 60, 36, false],
  ])("%s", (_title, inFlight, others, isKept) => {
    expect(berthOf(session, loaded(inFlight, others)).id === home).toBe(isKept)
  })

  test("never takes the call", () => {
    const berths = fc.array(
      fc.record({ hash: fc.nat(), weight: fc.integer({ min: 1, max: 9 }), inFlight: fc.nat(99) }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(fc.nat(), berths, (hash, list) => {
        const chosen = berthOf(hash, list as [Berth, ...Berth[]])
        const calls = list.reduce((sum, { inFlight }) => sum + inFlight, 1)
        const weights = list.reduce((sum, { weight }) => sum + weight, 0)
        const share = (calls * chosen.weight) / weights
        expect(chosen.inFlight).toBeLessThan(Math.max(4, 1.25 * share + 1))
      }),
    )
  })
})
