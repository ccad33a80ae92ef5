import { afterEach, describe, expect, test, vi } from "vitest"

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** The module as a runtime with or without `setImmediate` loads it. */
const quietIn = async (runtime: "node" | "a browser"): Promise<() => Promise<void>> => {
  if (runtime === "a browser") {
    vi.stubGlobal("setImmediate", undefined)
    vi.stubGlobal("process", undefined)
  }
  return (await import("./quiet.ts")).quiet
}

describe.each(["node", "a browser"] as const)("in %s", (runtime) => {
  test("it is quiet when a long chain of promises has come to its end", async () => {
    const quiet = await quietIn(runtime)
    let steps = 0
    const chain = async (): Promise<void> => {
      while (steps < 1000) steps += await Promise.resolve(1)
    }
    void chain()
    await quiet()
    expect(steps).toBe(1000)
  })

  test("two can wait for it at once", async () => {
    const quiet = await quietIn(runtime)
    await expect(Promise.all([quiet(), quiet()])).resolves.toHaveLength(2)
    await expect(quiet()).resolves.toBeUndefined()
  })
})

test("it is quiet when immediates that start immediates have come to their end", async () => {
  const quiet = await quietIn("node")
  let steps = 0
  const step = (): void => {
    steps++
    if (steps < 100) setImmediate(step)
  }
  setImmediate(step)
  await quiet()
  expect(steps).toBe(100)
})
