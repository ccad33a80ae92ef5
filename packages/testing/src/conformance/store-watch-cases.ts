import { claim } from "./claim.ts"
import type { StoreCase } from "./store-cases.ts"

type Change = readonly [key: string, value: string | null]

/** Changes as JSON, where a deletion is `null`. */
const noting =
  (changes: Change[]) =>
  (key: string, value: string | undefined): void =>
    void changes.push([key, value ?? null])

/** Waits for news, which takes a store as long as it takes. */
const eventually = async (pass: (ms: number) => Promise<void>, isSo: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !isSo(); tries++) await pass(5)
}

export const storeWatchCases: readonly StoreCase[] = [
  {
    title: "a watch is told what anybody changes under its prefix, and nothing else",
    async run({ store, peer, pass }) {
      const changes: Change[] = []
      store.watch("a:", noting(changes))
      await peer.swap("b:1", undefined, "other")
      await peer.swap("a:1", undefined, "one")
      await eventually(pass, () => changes.length >= 1)
      await store.increment("a:2", 7)
      await eventually(pass, () => changes.length >= 2)
      await peer.swap("a:1", "one", undefined)
      await eventually(pass, () => changes.length >= 3)
      claim("changes", changes, [
        ["a:1", "one"],
        ["a:2", "7"],
        ["a:1", null],
      ])
    },
  },
  {
    title: "a swap that loses is no change",
    async run({ store, pass }) {
      const changes: Change[] = []
      store.watch("", noting(changes))
      await store.swap("a", "wrong", "one")
      await store.swap("b", undefined, "two")
      await eventually(pass, () => changes.length >= 1)
      claim("changes", changes, [["b", "two"]])
    },
  },
  {
    title: "a prefix is text, not a pattern",
    async run({ store, pass }) {
      const changes: Change[] = []
      store.watch("a*[b]?", noting(changes))
      await store.swap("axbx", undefined, "matches only as a pattern")
      await store.swap("a*[b]?c", undefined, "one")
      await eventually(pass, () => changes.length >= 1)
      claim("changes", changes, [["a*[b]?c", "one"]])
    },
  },
  {
    title: "the last thing a watch hears of a key is its last value",
    async run({ store, peer, pass }) {
      const last = new Map<string, string | undefined>()
      store.watch("key", (key, value) => void last.set(key, value))
      for (let step = 0; step < 50; step++) {
        await (step % 2 === 0 ? store : peer).swap(
          "key",
          step === 0 ? undefined : String(step - 1),
          String(step),
        )
      }
      await eventually(pass, () => last.get("key") === "49")
      await pass(20)
      claim("the last value heard", last.get("key"), "49")
    },
  },
  {
    title: "a watch that ended hears nothing more",
    async run({ store, pass }) {
      const [ended, going]: [Change[], Change[]] = [[], []]
      const unwatch = store.watch("a", noting(ended))
      store.watch("a", noting(going))
      unwatch()
      unwatch()
      await store.swap("a", undefined, "one")
      await eventually(pass, () => going.length >= 1)
      claim("heard by the one that ended", ended, [])
      claim("heard by the other", going, [["a", "one"]])
    },
  },
  {
    title: "a listener is called after the operation began, and one that throws harms nobody",
    async run({ store, pass }) {
      const changes: Change[] = []
      let isWithinCall = false
      let wasWithinCall = false
      store.watch("a", () => {
        wasWithinCall ||= isWithinCall
        throw new Error("from a listener")
      })
      store.watch("a", noting(changes))
      isWithinCall = true
      const swapped = store.swap("a", undefined, "one")
      isWithinCall = false
      claim("the swap", await swapped, true)
      await eventually(pass, () => changes.length >= 1)
      claim("called within the operation", wasWithinCall, false)
      claim("heard by the other", changes, [["a", "one"]])
    },
  },
]
