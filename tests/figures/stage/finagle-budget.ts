/** What somebody else's budget says to requests and repeats. Times are milliseconds. */
export interface ReferenceBudget {
  /** A request is made. */
  deposit(nowMs: number): void
  /** Whether it may be repeated. */
  withdraw(nowMs: number): boolean
}

const ttlMs = 10_000
const repeatsPerSecond = 10
/** A fifth of the requests may be repeated. */
const price = 5

/**
 * The retry budget of Finagle with its defaults, only to compare with: what went in and out of it in the last ten
 * seconds, above a reserve.
 *
 * Source: twitter/finagle, `RetryBudget`, its documentation.
 */
export function finagleBudget(): ReferenceBudget {
  const reserve = (repeatsPerSecond * price * ttlMs) / 1_000
  const movements: { readonly atMs: number; readonly amount: number }[] = []
  let balance = reserve
  const move = (amount: number, atMs: number): void => {
    balance += amount
    movements.push({ atMs, amount })
  }
  const expire = (nowMs: number): void => {
    for (let oldest = movements[0]; oldest && oldest.atMs <= nowMs - ttlMs; oldest = movements[0]) {
      balance -= oldest.amount
      movements.shift()
    }
  }
  return {
    deposit: (nowMs) => move(1, nowMs),
    withdraw(nowMs) {
      expire(nowMs)
      if (balance < price) return false
      move(-price, nowMs)
      return true
    },
  }
}
