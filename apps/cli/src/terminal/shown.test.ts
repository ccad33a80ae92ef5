import { describe, expect, test } from "vitest"
import { shownMs, shownUsd } from "./shown.ts"

describe("shownMs", () => {
  test.for([
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1 s"],
    [2_350, "2.4 s"],
    [30_000, "30 s"],
    [99_949, "99.9 s"],
    [99_999, "1.7 min"],
    [150_000, "2.5 min"],
    [600_000, "10 min"],
    [9_000_000, "2.5 h"],
    [432_000_000, "5 d"],
  ] as const)("%d milliseconds are %s", ([ms, text]) => {
    expect(shownMs(ms)).toBe(text)
  })
})

describe("shownUsd", () => {
  test.for([
    [0, "$0.00"],
    [12.345, "$12.35"],
    [0.5, "$0.5"],
    [0.0123, "$0.012"],
    [0.0000004, "$0.0000004"],
    [-0.25, "–$0.25"],
  ] as const)("%d dollars are %s", ([usd, text]) => {
    expect(shownUsd(usd)).toBe(text)
  })
})
