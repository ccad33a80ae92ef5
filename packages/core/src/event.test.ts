import { describe, expect, test } from "vitest"
import { createEventBus, defineEvent, ListenerFailed } from "./event.ts"
import type { ListenerFailure } from "./event.ts"

const Counted = defineEvent<number>("number-counted")

describe("an event", () => {
  test("reaches every listener in the order they came, at once", () => {
    const events = createEventBus()
    const heard: string[] = []
    events.on(Counted, (count) => heard.push(`first ${count}`))
    events.on(Counted, (count) => heard.push(`second ${count}`))
    events.emit(Counted, 1)
    expect(heard).toEqual(["first 1", "second 1"])
  })

  test("is known by its name, so that two copies of a package share it", () => {
    const events = createEventBus()
    const heard: number[] = []
    events.on(defineEvent<number>("number-counted"), (count) => heard.push(count))
    events.emit(Counted, 7)
    expect(heard).toEqual([7])
  })

  test("is not heard any more by who has stopped listening", () => {
    const events = createEventBus()
    const heard: string[] = []
    const listener = (): void => void heard.push("heard")
    const offFirst = events.on(Counted, listener)
    const offSecond = events.on(Counted, listener)
    offFirst()
    offFirst()
    events.emit(Counted, 1)
    offSecond()
    events.emit(Counted, 2)
    expect(heard).toEqual(["heard"])
  })

  test("comes once to a listener that listens anew whenever it hears it", () => {
    const events = createEventBus()
    const heard: number[] = []
    let off = (): void => {}
    const listen = (): void => {
      off = events.on(Counted, (count) => {
        heard.push(count)
        off()
        listen()
      })
    }
    listen()
    events.emit(Counted, 1)
    events.emit(Counted, 2)
    expect(heard).toEqual([1, 2])
  })

  test("may be emitted by a listener of another", () => {
    const events = createEventBus()
    const Doubled = defineEvent<number>("number-doubled")
    const heard: number[] = []
    events.on(Counted, (count) => events.emit(Doubled, 2 * count))
    events.on(Doubled, (count) => heard.push(count))
    events.emit(Counted, 3)
    expect(heard).toEqual([6])
  })
})

describe("a listener that fails", () => {
  const failures: [string, () => unknown][] = [
    [
      "throws",
      () => {
        throw new Error("metrics bug")
      },
    ],
    ["rejects", () => Promise.reject(new Error("metrics bug"))],
  ]

  test.each(failures)("because it %s changes nothing and is told of once", async (_, fail) => {
    const events = createEventBus()
    const told: ListenerFailure[] = []
    const heard: number[] = []
    events.on(ListenerFailed, (failure) => told.push(failure))
    events.on(Counted, fail)
    events.on(Counted, (count) => heard.push(count))
    for (const count of [1, 2, 3]) events.emit(Counted, count)
    await Promise.resolve()
    await Promise.resolve()
    expect(heard).toEqual([1, 2, 3])
    expect(told).toEqual([{ event: "number-counted", error: new Error("metrics bug") }])
  })

  test.each(failures)("while it hears of failures and %s does not go round in circles", async (_, fail) => {
    const events = createEventBus()
    events.on(ListenerFailed, fail)
    events.on(Counted, fail)
    events.emit(Counted, 1)
    await Promise.resolve()
    await Promise.resolve()
    expect(() => events.emit(Counted, 2)).not.toThrow()
  })

  test("to settle keeps nobody waiting", () => {
    const events = createEventBus()
    const heard: number[] = []
    const hanging: unknown = () => new Promise(() => {})
    events.on(Counted, hanging as () => void)
    events.on(Counted, (count) => heard.push(count))
    events.emit(Counted, 1)
    expect(heard).toEqual([1])
  })
})
