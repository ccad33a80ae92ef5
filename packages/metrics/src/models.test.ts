import { describe, expect, test } from "vitest"
import { freshRows, Models } from "./models.ts"

const shown = (models: Models, names: readonly (string | undefined)[]): readonly string[] =>
  names.map((name) => models.of(name).model)

describe("which models are told apart", () => {
  test("the first that come, and no more than so many; the others share a row", () => {
    const models = new Models({ models: undefined, maxModels: 2 })
    expect(shown(models, ["a", "b", "c", "a", undefined, "d"])).toEqual([
      "a",
      "b",
      "(other)",
      "a",
      "(none)",
      "(other)",
    ])
    expect(models.of("c")).toBe(models.of("d"))
    expect(models.of("c").isMixed).toBe(true)
    expect(models.all()).toHaveLength(4)
  })

  test("a name nobody would give a model has no row of its own", () => {
    const models = new Models({ models: undefined, maxModels: 2 })
    expect(models.of("x".repeat(201)).model).toBe("(other)")
    expect(models.of("x".repeat(200)).model).not.toBe("(other)")
  })

  test("a model called as the others, or as none, is one of the others", () => {
    const models = new Models({ models: undefined, maxModels: 2 })
    expect(models.of("(other)")).toBe(models.of("(none)"))
    expect(models.of("(none)")).not.toBe(models.of(undefined))
    expect(shown(models, ["(none)", "a", "b", "c"])).toEqual(["(other)", "a", "b", "(other)"])
    expect(models.all().map(({ model }) => model)).toEqual(["a", "b", "(none)", "(other)"])
  })

  test("those that are listed, exact before the longest beginning", () => {
    const models = new Models({ models: ["claude-*", "claude-opus-*", "gpt-4o"], maxModels: 1 })
    expect(shown(models, ["gpt-4o", "gpt-4o-mini", "claude-haiku", "claude-opus-9", undefined])).toEqual([
      "gpt-4o",
      "(other)",
      "claude-*",
      "claude-opus-*",
      "(none)",
    ])
    expect(models.of("claude-haiku").isMixed).toBe(true)
    expect(models.of("gpt-4o").isMixed).toBe(false)
  })
})

describe("with the rows of an earlier pipeline", () => {
  test("goes on counting in them, by its own rules", () => {
    const rows = freshRows()
    const first = new Models({ models: undefined, maxModels: 2 }, rows)
    const [opus, gpt] = [first.of("claude-opus-4"), first.of("gpt-4o")]
    const second = new Models({ models: ["claude-*", "gpt-4o"], maxModels: 2 }, rows)
    expect(second.of("gpt-4o")).toBe(gpt)
    expect(second.of("claude-opus-4").model).toBe("claude-*")
    expect(second.of("o3")).toBe(first.of("o3"))
    expect(second.all().map(({ model }) => model)).toEqual([
      "claude-opus-4",
      "gpt-4o",
      "claude-*",
      "(none)",
      "(other)",
    ])
    expect(first.of("claude-opus-4")).toBe(opus)
  })

  test("a call ends in the row it began in, whatever rows come meanwhile", () => {
    const rows = freshRows()
    const first = new Models({ models: undefined, maxModels: 1 }, rows)
    first.of("gpt-4o")
    const began = first.of("o3")
    new Models({ models: undefined, maxModels: 2 }, rows).of("o3")
    expect(first.of("o3")).toBe(began)
  })
})
