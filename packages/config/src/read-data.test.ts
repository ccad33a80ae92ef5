import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { folder } from "../test/folder.ts"
import { refusal } from "../test/refusal.ts"
import { readData } from "./read-data.ts"

const read = async (text: string, format: "json" | "yaml"): Promise<unknown> => {
  await using place = await folder({ file: text })
  return await readData(place.of("file"), format, new Map())
}

const refused = async (text: string, format: "json" | "yaml"): Promise<string> => {
  await using place = await folder({ file: text })
  const error = await refusal(readData(place.of("file"), format, new Map()))
  expect(error.code).toBe("config-unreadable")
  return error.message.replace(place.of("file"), "file")
}

describe("JSON", () => {
  test.each([undefined, 2, "\t"])("means what it means everywhere, indented by %j", async (indent) => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ stringUnit: "binary" }), async (value) => {
        expect(JSON.stringify(await read(JSON.stringify(value, undefined, indent), "json"))).toBe(
          JSON.stringify(value),
        )
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['{"key": sk-secret-1}', "file:1:9: Unresolved plain scalar."],
    ['{\n  "a": 1\n  "b": 2\n}', /^file:2:8: /],
    ['{"a": 1', "file:1:8: Flow map must end with a }."],
    ['{\n  "a": 1,\n  "a": 2\n}', "file:3:3: Map keys must be unique."],
    ["// a comment\n{}", /^file:1:1: /],
    ["key: sk-secret-1", /^file:1:1: /],
  ])("%j is refused with the place of the fault", async (text, message) => {
    const told = await refused(text, "json")
    expect(told).toMatch(message)
    expect(told).not.toContain("sk-secret-1")
  })
})

describe("YAML", () => {
  test("knows anchors, aliases and merged maps", async () => {
    const text = "usual: &usual {tier: 0, weight: 2}\nendpoints:\n  - <<: *usual\n    id: a\n  - *usual\n"
    expect(await read(text, "yaml")).toEqual({
      usual: { tier: 0, weight: 2 },
      endpoints: [
        { tier: 0, weight: 2, id: "a" },
        { tier: 0, weight: 2 },
      ],
    })
  })

  test("keeps a name that would change what objects are a name", async () => {
    const data = await read("a: {__proto__: {polluted: true}}\n<<: {__proto__: {polluted: true}}", "yaml")
    expect(Object.keys(data as {})).toEqual(["a", "__proto__"])
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
    expect({}).not.toHaveProperty("polluted")
  })

  test.each([
    ["a: [1\nb: 2", /^file:2:1: Flow sequence/],
    ["\ta: 1", "file:1:1: Tabs are not allowed as indentation."],
    ["a: 1\na: 2", "file:2:1: Map keys must be unique."],
    ["a: *b", "file: Unresolved alias (the anchor must be set before the alias): b."],
    ["a: !!js/function x", /^file:1:4: Unresolved tag/],
    ["a: 1\n---\nb: 2", /^file:2:1: Source contains multiple documents/],
    ['a: "sk-secret-1" sk-secret-1', /^file:1:/],
    ["a: b: sk-secret-1", /^file:1:4: /],
  ])("%j is refused with the place of the fault", async (text, message) => {
    const told = await refused(text, "yaml")
    expect(told).toMatch(message)
    expect(told).not.toContain("sk-secret-1")
  })

  test("aliases of aliases of aliases are refused before they fill the memory", async () => {
    const bomb = Array.from({ length: 12 }, (_, level) => {
      const entry = level === 0 ? "x" : `*a${level - 1}`
      return `a${level}: &a${level} [${Array<string>(10).fill(entry).join(", ")}]`
    })
    expect(await refused(bomb.join("\n"), "yaml")).toMatch(/Excessive alias count/)
  })

  test.each(["json", "yaml"] as const)("lists within lists without end are refused (%s)", async (format) => {
    const depth = 50_000
    expect(await refused("[".repeat(depth) + "]".repeat(depth), format)).toMatch(/^file:1:/)
  })
})
