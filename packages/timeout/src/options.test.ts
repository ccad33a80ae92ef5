import { describe, expect, test } from "vitest"
import { limitsByModel } from "./options.ts"
import type { TimeoutOptions } from "./options.ts"

describe("the limits of a model", () => {
  test("are the defaults, with more patience for models that think first", () => {
    const limitsOf = limitsByModel()
    const defaults = { headersMs: 30_000, firstContentMs: 30_000, idleMs: 30_000, answerMs: 120_000 }
    expect(limitsOf("gpt-4o")).toEqual(defaults)
    expect(limitsOf(undefined)).toEqual(defaults)
    expect(limitsOf("o3")).toEqual({ ...defaults, firstContentMs: 120_000 })
  })

  test("are the exact name's, else those of the longest beginning, else the common ones", () => {
    const limitsOf = limitsByModel({
      firstContentMs: 1,
      models: {
        "gpt-4*": { firstContentMs: 2 },
        "gpt-4o*": { firstContentMs: 3 },
        "gpt-4o": { firstContentMs: 4 },
      },
    })
    const firstContent = ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "llama"].map(
      (model) => limitsOf(model).firstContentMs,
    )
    expect(firstContent).toEqual([4, 3, 2, 1])
  })

  test("leave what they do not name as it is, and win over what is known of a name", () => {
    const limitsOf = limitsByModel({ models: { "o3*": { firstContentMs: 5_000 }, o1: { idleMs: 7 } } })
    expect(limitsOf("o3-mini").firstContentMs).toBe(5_000)
    expect(limitsOf("o1")).toMatchObject({ idleMs: 7, firstContentMs: 120_000, headersMs: 30_000 })
  })

  test("are never less for a model that thinks first than for others", () => {
    expect(limitsByModel({ firstContentMs: 300_000 })("o3").firstContentMs).toBe(300_000)
  })

  test("do not come from names that every object has", () => {
    const limitsOf = limitsByModel({ models: { "gpt-4o": { idleMs: 1 } } })
    for (const model of ["constructor", "__proto__", "toString"]) expect(limitsOf(model).idleMs).toBe(30_000)
  })

  test("stay right however many models are asked for", () => {
    const limitsOf = limitsByModel({ models: { "model-7*": { idleMs: 1 } } })
    for (let number = 0; number < 5_000; number++)
      expect(limitsOf(`model-${number}`).idleMs).toBe(String(number).startsWith("7") ? 1 : 30_000)
  })
})

describe("options that make no sense are refused", () => {
  test.each<[TimeoutOptions, string]>([
    [{ headersMs: 0 }, "timeout.headersMs must be a number of milliseconds above 0, not 0"],
    [{ idleMs: -1 }, "timeout.idleMs must be a number of milliseconds above 0, not -1"],
    [{ totalMs: Infinity }, "timeout.totalMs must be"],
    [{ firstTokenMs: 1 } as TimeoutOptions, "timeout.firstTokenMs is not an option"],
    [{ models: { "gpt-4o": {} } }, 'timeout.models["gpt-4o"] sets no limit'],
    [{ models: { "*-mini": { idleMs: 1 } } }, 'timeout.models["*-mini"] may have a * only at its end'],
    [{ models: { o3: { idleMs: NaN } } }, "timeout.models.o3.idleMs must be"],
  ])("%o", (options, sentence) => {
    const build = () => limitsByModel(options)
    expect(build).toThrow(sentence)
    expect(build).toThrow(expect.objectContaining({ code: "invalid-options" }))
  })
})
