import { expect, test } from "vitest"
import { Account } from "./account.ts"
import type { Reservation } from "./account.ts"
import { frameOf } from "./frame.ts"
import type { Window } from "./frame.ts"

/** What can happen to two reservations of 10, 4 of them certain: settled with 7, given back, settled again, or late. */
const acts = ["reserve a", "reserve b", "settle a", "return a", "settle b", "again a", "lease over"] as const
type Act = (typeof acts)[number]

const leaseMs = 5_000
const startMs = 86_400_000 * 100
const orders = (left: readonly Act[]): readonly (readonly Act[])[] => [
  [],
  ...left.flatMap((act) => orders(left.filter((other) => other !== act)).map((rest) => [act, ...rest])),
]

const sum = (amounts: ReadonlyMap<string, number>): number =>
  [...amounts.values()].reduce((total, each) => total + each, 0)

/** The same, said as simply as it can be: what each of the two is worth at the moment. */
class Model {
  readonly worth = new Map<string, number>()
  readonly #open = new Map<string, number>()
  readonly #known = new Set<string>()

  apply(act: Act): void {
    const [what, who = ""] = act.split(" ")
    if (what === "reserve") {
      this.worth.set(who, 10)
      this.#open.set(who, 10)
      this.#known.add(who)
    } else if (act === "lease over") {
      for (const each of this.#open.keys()) {
        this.worth.set(each, 4)
        this.#open.set(each, 4)
      }
    } else if (this.#known.delete(who)) {
      this.#open.delete(who)
      this.worth.set(who, what === "return" ? 0 : 7)
    }
  }

  get used(): number {
    return sum(this.worth)
  }

  get held(): number {
    return sum(this.#open)
  }
}

test.each(["rolling", "calendar"] as const)(
  "in every order of reserving, settling, expiring and dying nothing leaks from a %s account",
  (window: Window) => {
    const all = orders(acts)
    const wrong = all.filter((order) => !isSound(order, window))
    expect(wrong).toEqual([])
    expect(all.length).toBe(13_700)
  },
)

/** Whether the account says what the model says after every act, and nothing is left when all is over. */
function isSound(order: readonly Act[], window: Window): boolean {
  const account = new Account(frameOf("day", window), leaseMs)
  const model = new Model()
  const reservations = new Map<string, Reservation>()
  let dateMs = startMs
  for (const act of order) {
    const [what, who = ""] = act.split(" ")
    if (what === "reserve") reservations.set(who, account.reserve({ amount: 10, certain: () => 4 }, dateMs))
    else if (act === "lease over") dateMs += leaseMs
    else reservations.get(who)?.settle(what === "return" ? 0 : 7)
    model.apply(act)
    if (account.used(dateMs) !== model.used || account.held(dateMs) !== model.held) return false
  }
  // Whoever died took nothing along: what remains was settled, or is certain.
  model.apply("lease over")
  const deadMs = dateMs + leaseMs
  if (account.held(deadMs) !== model.held || account.used(deadMs) !== model.used) return false
  const laterMs = dateMs + 2 * 86_400_000
  return account.used(laterMs) === 0 && account.isEmpty(laterMs)
}
