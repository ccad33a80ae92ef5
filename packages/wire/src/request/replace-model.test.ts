import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { replaceModel } from "./replace-model.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const replaceBoth = (body: string, model: string): string => {
  const text = replaceModel(body, model)
  expect(decoder.decode(replaceModel(encoder.encode(body), model))).toBe(text)
  return text
}

describe("replacing the model", () => {
  test.each([
    ['{"model":"a"}', '{"model":"b"}'],
    ['{ "model" :\n "a" , "x":1}', '{ "model" :\n "b" , "x":1}'],
    ['{"messages":[{"model":"a"}],"model":"a"}', '{"messages":[{"model":"a"}],"model":"b"}'],
    ['{"model":"a","model":"c"}', '{"model":"a","model":"b"}'],
    [String.raw`{"mod\u0065l":"a"}`, String.raw`{"mod\u0065l":"b"}`],
    [String.raw`{"x":"\\\"","model":"\"a\\"}`, String.raw`{"x":"\\\"","model":"b"}`],
    ['{"model":null}', '{"model":"b"}'],
    ['{"model":{"a":[1]},"é":"模"}', '{"model":"b","é":"模"}'],
    ['{"é模":"😀","model":"a","z":"é"}', '{"é模":"😀","model":"b","z":"é"}'],
  ])("turns %s into %s", (body, expected) => {
    expect(replaceBoth(body, "b")).toBe(expected)
  })

  test.each([
    "",
    "[]",
    "{}",
    '{"models":"a"}',
    '{"mode":"a"}',
    '{"x":{"model":"a"}}',
    '{"model":"a"',
    '{"model":"a"}}',
  ])("leaves %j as it is", (body) => {
    expect(replaceBoth(body, "b")).toBe(body)
    const bytes = encoder.encode(body)
    expect(replaceModel(bytes, "b")).toBe(bytes)
  })

  test("escapes what the new name needs escaped", () => {
    expect(JSON.parse(replaceBoth('{"model":"a"}', 'x"\\\n模'))).toEqual({ model: 'x"\\\n模' })
  })

  test("changes the model and nothing else, whatever the body", () => {
    // The caller's order of keys is kept; a key named like a number would be moved by the object itself.
    const key = fc.string({ maxLength: 6 }).filter((name) => !/^\d+$/.test(name) && name !== "__proto__")
    const members = fc.array(fc.tuple(key, fc.jsonValue()), { maxLength: 6 })
    fc.assert(
      fc.property(
        members,
        members,
        fc.string(),
        fc.string(),
        fc.constantFrom("", " ", "\n\t"),
        (before, after, old, model, space) => {
          const print = ([name, value]: readonly [string, unknown]): string =>
            `${space}${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}${space}`
          const others = (list: readonly (readonly [string, unknown])[]) =>
            list.filter(([name]) => name !== "model").map(print)
          const write = (value: string): string =>
            `{${[...others(before), print(["model", value]), ...others(after)].join(",")}}`
          expect(replaceBoth(write(old), model)).toBe(write(model))
        },
      ),
      { numRuns: 500 },
    )
  })
})
