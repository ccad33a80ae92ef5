import { describe, expect, test } from "vitest"
import { createHintReader, defineHint, durationHint } from "./hint.ts"

const colour = defineHint("colour", '"red" or "blue"', (text) =>
  text === "red" || text === "blue" ? text : undefined,
)
const read = createHintReader([colour, durationHint("idle-ms")])
const reading = (hints: Record<string, string>) => read(new Map(Object.entries(hints)))

describe("hints", () => {
  test("are read by those who know them", () => {
    expect(reading({ colour: " red ", "idle-ms": "2500" })).toEqual(
      new Map<string, unknown>([
        ["colour", "red"],
        ["idle-ms", 2_500],
      ]),
    )
  })

  test("of a wrong form are refused with the right one", () => {
    expect(reading({ colour: "green" })).toBe('The header x-bellwether-colour must be "red" or "blue".')
    for (const text of ["0", "-1", "soon", "Infinity", "NaN", ""])
      expect(reading({ "idle-ms": text })).toBe(
        "The header x-bellwether-idle-ms must be a number of milliseconds above 0.",
      )
  })

  test("that nobody reads are refused with the nearest name", () => {
    expect(reading({ color: "red" })).toBe("There is no header x-bellwether-color: did you mean colour?")
    expect(reading({ tier: "gold" })).toBe("There is no header x-bellwether-tier: choose colour or idle-ms.")
  })

  test("are told all their faults at once", () => {
    expect(reading({ color: "red", colour: "green" })).toContain("must be")
    expect(reading({ color: "red", colour: "green" })).toContain("did you mean")
  })

  test("cannot be read by two plugins in two ways", () => {
    expect(() => createHintReader([colour, durationHint("colour")])).toThrow(
      'Two plugins read the hint "colour"',
    )
  })
})
