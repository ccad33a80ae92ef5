import { describe, expect, test } from "vitest"
import { seededRandom } from "@bellwether/testing"
import { target } from "../test/situations.ts"
import { bucketRules, canPay, deposited, paid, refilled } from "./bucket.ts"
import { createBudget } from "./budget.ts"

const alpha = target("alpha/main")
const beta = target("beta/main")

const budgetFor = (options = {}) => {
  let nowMs = 0
  const advance = (ms: number): void => void (nowMs += ms)
  return { advance, budget: createBudget({ now: () => nowMs }, [alpha, beta], options) }
}

describe("a bucket", () => {
  const empty = { tokens: 0, atMs: 0 }

  test("earns a token with ten tries, whatever binary fractions make of them", () => {
    let bucket = empty
    for (let tries = 0; tries < 9; tries++) bucket = deposited(bucket, 0.1, bucketRules)
    expect(canPay(bucket)).toBe(false)
    expect(canPay(deposited(bucket, 0.1, bucketRules))).toBe(true)
  })

  test("holds no more than its capacity and never owes", () => {
    expect(deposited({ tokens: 9.95, atMs: 0 }, 2, bucketRules).tokens).toBe(10)
    expect(paid({ tokens: 1 - 1e-12, atMs: 0 }).tokens).toBe(0)
  })

  test("nearly empty, earns a token each ten seconds up to three", () => {
    expect(refilled(empty, 5_000, bucketRules).tokens).toBe(0.5)
    expect(refilled(empty, 3_600_000, bucketRules).tokens).toBe(3)
    expect(refilled({ tokens: 3.5, atMs: 0 }, 3_600_000, bucketRules).tokens).toBe(3.5)
  })
})

describe("law 4: the budget of a target", () => {
  test("begins full, and each target has its own", () => {
    const { budget } = budgetFor()
    const spent = Array.from({ length: 12 }, () => budget.spend(alpha))
    expect(spent.filter(Boolean)).toHaveLength(10)
    expect(budget.canSpend(alpha)).toBe(false)
    expect(budget.canSpend(beta)).toBe(true)
  })

  test("returns the token of a repeat or a panic that succeeds, and pays for success", () => {
    const { budget } = budgetFor()
    for (let spent = 0; spent < 10; spent++) budget.spend(alpha)
    budget.succeeded(alpha, "repeat")
    expect(budget.inspect()["alpha/main"]).toBe(3)
    budget.succeeded(alpha, "hedge")
    expect(budget.inspect()["alpha/main"]).toBe(5)
    budget.succeeded(alpha, "panic")
    expect(budget.inspect()["alpha/main"]).toBe(8)
  })

  test("takes a deposit for a first try, none for what was paid for", () => {
    const { budget } = budgetFor()
    budget.spend(alpha)
    budget.made(alpha, "repeat")
    budget.made(alpha, "hedge")
    expect(budget.inspect()["alpha/main"]).toBe(9)
    budget.made(alpha, "first")
    expect(budget.inspect()["alpha/main"]).toBe(9.1)
  })

  test("returns the token of a panic or a hedge that was refused", () => {
    const { budget } = budgetFor()
    budget.spend(alpha)
    budget.spend(alpha)
    budget.notMade(alpha, "repeat")
    budget.notMade(alpha, "panic")
    expect(budget.inspect()["alpha/main"]).toBe(9)
  })

  test("takes from a repeat that a line paces only when it fails", () => {
    const { budget } = budgetFor()
    budget.made(alpha, "paced")
    budget.notMade(alpha, "paced")
    expect(budget.inspect()["alpha/main"]).toBe(10)
    budget.failed(alpha, "paced")
    expect(budget.inspect()["alpha/main"]).toBe(9)
    for (const kind of ["first", "repeat", "resume", "hedge", "panic"] as const) budget.failed(alpha, kind)
    expect(budget.inspect()["alpha/main"]).toBe(9)
  })

  test("takes its numbers from the options", () => {
    const { budget } = budgetFor({ capacity: 2, perTry: 0.5 })
    expect([budget.spend(alpha), budget.spend(alpha), budget.spend(alpha)]).toEqual([true, true, false])
    budget.made(alpha, "first")
    expect(budget.inspect()["alpha/main"]).toBe(0.5)
  })
})

/** Table A of the measurements: independent failures, up to three repeats, ten calls a second. */
const play = (failing: number, calls = 20_000) => {
  const { advance, budget } = budgetFor()
  const random = seededRandom("table A")
  let sent = 0
  let answered = 0
  for (let call = 0; call < calls; call++) {
    advance(100)
    for (let attempt = 0; attempt <= 3; attempt++) {
      if (attempt > 0 && !budget.spend(alpha)) break
      const kind = attempt === 0 ? "first" : "repeat"
      budget.made(alpha, kind)
      sent++
      if (random.next() < failing) continue
      budget.succeeded(alpha, kind)
      answered++
      break
    }
  }
  return { amplification: sent / calls, answered: (100 * answered) / calls }
}

describe("law 4: amplification is capped, rescue is not", () => {
  test.each([
    [0.1, 1.11, 100],
    [0.25, 1.33, 99.6],
    [0.5, 1.88, 93.9],
  ])(
    "with %d of the tries failing, calls are rescued as well as by naive repeats",
    (failing, load, rescued) => {
      const { amplification, answered } = play(failing)
      expect(answered).toBeGreaterThan(rescued - 1)
      expect(amplification).toBeLessThan(load + 0.05)
    },
  )

  test("with three of four tries failing, where the bare SDK answers 57.8 %, still as well", () => {
    expect(play(0.75).answered).toBeGreaterThan(57.8)
  })

  test("a total outage sees at most 1.2 times the load, and the bucket once", () => {
    const calls = 20_000
    const { amplification, answered } = play(1, calls)
    expect(answered).toBe(0)
    expect(amplification).toBeLessThan(1.2 + 10 / calls)
  })

  test("with one try in fifty succeeding, the load stays below 1.25", () => {
    expect(play(0.98).amplification).toBeLessThan(1.25)
  })
})
