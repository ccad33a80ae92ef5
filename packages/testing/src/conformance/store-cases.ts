import { seededRandom, type Store } from "@bellwether/core"
import { claim, rejection } from "./claim.ts"

/** An empty store, and time for it. */
export interface StoreUnderTest {
  readonly store: Store
  /**
   * The same data as another process sees it.
   * @default the store itself
   */
  readonly peer?: Store
  /** Lets so many milliseconds pass for the store. */
  pass(ms: number): Promise<void>
  /** Called when the case is over. */
  close?(): Promise<void>
}

/** One thing every store must do. */
export interface StoreCase {
  readonly title: string
  run(subject: Required<Omit<StoreUnderTest, "close">>): Promise<void>
}

/** How long keys live in these cases: short for a store in real time, long enough to act within. */
const ttlMs = 200

const value = async (store: Store, key: string): Promise<string | undefined> => (await store.get(key))?.value

export const storeCases: readonly StoreCase[] = [
  {
    title: "a key nobody wrote is not there",
    async run({ store }) {
      claim("get", await store.get("nothing"), undefined)
    },
  },
  {
    title: "swap creates a key only where there is none",
    async run({ store, peer }) {
      claim("the first swap", await store.swap("key", undefined, "one"), true)
      claim("the second swap", await peer.swap("key", undefined, "two"), false)
      claim("get", await peer.get("key"), { value: "one" })
    },
  },
  {
    title: "swap replaces only the value it expects",
    async run({ store, peer }) {
      claim("a swap of nothing", await store.swap("key", "one", "two"), false)
      await store.swap("key", undefined, "one")
      claim("a wrong guess", await peer.swap("key", "other", "two"), false)
      claim("a right guess", await peer.swap("key", "one", "two"), true)
      claim("get", await store.get("key"), { value: "two" })
    },
  },
  {
    title: "swap deletes only the value it expects",
    async run({ store, peer }) {
      await store.swap("key", undefined, "one")
      claim("a wrong guess", await store.swap("key", "other", undefined), false)
      claim("a right guess", await store.swap("key", "one", undefined), true)
      claim("get", await peer.get("key"), undefined)
      claim("nothing for nothing", await store.swap("key", undefined, undefined), true)
    },
  },
  {
    title: "keys and values are any text",
    async run({ store, peer }) {
      const texts = [
        "",
        " ",
        "undefined",
        "null",
        "0",
        "a:b*?[c]\\",
        "羊 🔔\n\u0000é",
        '{"a":[1]}',
        "x".repeat(100_000),
      ]
      for (const text of texts) {
        claim("the swap", await store.swap(`key ${text.slice(0, 100)}`, undefined, text), true)
        claim("get", await value(peer, `key ${text.slice(0, 100)}`), text)
      }
    },
  },
  {
    title: "a key lives as long as its last write said",
    async run({ store, pass }) {
      await store.swap("key", undefined, "one", { ttlMs })
      const left = (await store.get("key"))?.ttlMs ?? 0
      claim("the time left is at most the time given", left > 0 && left <= ttlMs, true)
      await pass(ttlMs / 2)
      await store.swap("key", "one", "two", { ttlMs: ttlMs * 2 })
      await pass(ttlMs)
      claim("get before the end", await value(store, "key"), "two")
      await pass(ttlMs * 1.5)
      claim("get after the end", await store.get("key"), undefined)
    },
  },
  {
    title: "a write without a time to live makes the key stay",
    async run({ store, pass }) {
      await store.swap("key", undefined, "one", { ttlMs })
      await store.swap("key", "one", "two")
      await pass(ttlMs * 1.5)
      claim("get", await store.get("key"), { value: "two" })
    },
  },
  {
    title: "an expired key counts as none",
    async run({ store, pass }) {
      await store.swap("key", undefined, "one", { ttlMs })
      await store.increment("count", 5, { ttlMs })
      await pass(ttlMs * 1.5)
      claim("a swap of the old value", await store.swap("key", "one", "two"), false)
      claim("a swap of nothing", await store.swap("key", undefined, "two"), true)
      claim("an increment", await store.increment("count", 1), 1)
    },
  },
  {
    title: "increments add up, below zero as well",
    async run({ store, peer }) {
      claim("the first", await store.increment("count", 3), 3)
      claim("the second", await peer.increment("count", -5), -2)
      claim("get", await store.get("count"), { value: "-2" })
      claim("a swap of the sum", await store.swap("count", "-2", "40"), true)
      claim("the third", await store.increment("count", 2), 42)
    },
  },
  {
    title: "the time to live of a counter is that of its first increment",
    async run({ store, pass }) {
      await store.increment("count", 1, { ttlMs })
      await pass(ttlMs / 2)
      await store.increment("count", 1, { ttlMs: ttlMs * 10 })
      await store.increment("count", 1)
      await pass(ttlMs)
      claim("get", await store.get("count"), undefined)
    },
  },
  {
    title: "what is not a whole number can not be counted",
    async run({ store }) {
      for (const word of ["many", "", "1.5", "0x10"]) {
        await store.swap(word, undefined, word)
        await rejection(`increment of "${word}"`, () => store.increment(word, 1))
        claim("the word", await store.get(word), { value: word })
      }
      await rejection("increment by a half", () => store.increment("count", 0.5))
      claim("the store afterwards", await store.increment("count", 1), 1)
    },
  },
  {
    title: "of many that swap at once one wins",
    async run({ store, peer }) {
      const swaps = Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? store : peer).swap("key", undefined, String(index)),
      )
      const wins = (await Promise.all(swaps)).flatMap((won, index) => (won ? [String(index)] : []))
      claim("winners", wins, [await value(store, "key")])
    },
  },
  {
    title: "increments at once lose none",
    async run({ store, peer }) {
      const sums = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? store : peer).increment("count", 1)),
      )
      const expected = Array.from({ length: 50 }, (_, index) => index + 1)
      claim(
        "sums",
        sums.toSorted((a, b) => a - b),
        expected,
      )
    },
  },
  {
    title: "any sequence of operations does what it would to a map",
    async run({ store, peer }) {
      const random = seededRandom("store")
      const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random.next() * choices.length)] as T
      const model = new Map<string, string>()
      for (let step = 0; step < 300; step++) {
        const key = pick(["a", "b", "c"])
        const held = model.get(key)
        const [expected, next] = [pick([held, undefined, "1"]), pick([undefined, "1", "2", "3"])]
        if (random.next() < 0.3) {
          const sum = Number(held ?? 0) + step
          claim(`increment ${step}`, await pick([store, peer]).increment(key, step), sum)
          model.set(key, String(sum))
        } else {
          claim(`swap ${step}`, await pick([store, peer]).swap(key, expected, next), held === expected)
          if (held === expected && next === undefined) model.delete(key)
          else if (held === expected && next !== undefined) model.set(key, next)
        }
        claim(`get ${step}`, await value(pick([store, peer]), key), model.get(key))
      }
    },
  },
]
