import { stripVTControlCharacters, styleText } from "node:util"
import { describe, expect, test } from "vitest"
import { table } from "./table.ts"
import { wrapped } from "./width.ts"

const green = (text: string): string => styleText("green", text, { validateStream: false })

describe("table", () => {
  test("numbers stand to the right, words to the left", () => {
    expect(
      table([
        ["target", "takes", "costs"],
        ["a", "30 ms", "$0.5"],
        ["backup", "1.2 s", "–"],
      ]).split("\n"),
    ).toEqual(["target  takes  costs", "a       30 ms   $0.5", "backup  1.2 s      –"])
  })

  test("colours and characters of two columns do not shift what follows", () => {
    expect(
      table([
        [green("up"), "x"],
        ["备用", "x"],
      ])
        .split("\n")
        .map(stripVTControlCharacters),
    ).toEqual(["up    x", "备用  x"])
  })

  test("the last column is broken into lines under itself where the terminal ends", () => {
    const reason = "the host's name could not be resolved"
    expect(table([["a", "down", reason]], 34).split("\n")).toEqual([
      "a  down  the host's name could not",
      "         be resolved",
    ])
  })

  test("where hardly a word would fit, lines stay whole", () => {
    expect(table([["a-long-name-of-a-target", "down", "the reason is long"]], 30).split("\n")).toHaveLength(1)
  })
})

describe("wrapped", () => {
  test("breaks at spaces, indents what follows, and leaves a long word whole", () => {
    expect(wrapped("one two https://primary.example/v1 three", 10, 2).split("\n")).toEqual([
      "one two",
      "  https://primary.example/v1",
      "  three",
    ])
  })

  test("keeps the lines of the text", () => {
    expect(wrapped("one\ntwo", 80)).toBe("one\ntwo")
  })
})
