import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { countModels, modelOfForm } from "./named-model.ts"

describe("members called model", () => {
  test.each([
    ['{"model":"a"}', 1],
    ['{"model":"a","model":"b"}', 2],
    ['{"model":"a","MODEL":"b"}', 2],
    ['{"mod\\u0065l":"b"}', 1],
    ['{"tools":[{"model":"b"}],"text":"\\"model\\":1","a":{"model":1}}', 0],
    ['{"a":"model","b":["model"]}', 0],
    ['{"a":"}","model" \n : "b"}', 1],
    ['{"text":"\\\\","model":"b"}', 1],
    ['{"model":"a","models":["b"]}', 2],
    ['{"model":"a","\\u006d\\u006f\\u0064\\u0065\\u006c\\u0073":["b"]}', 2],
    ["[]", 0],
  ])("in %s there are %i", (json, count) => expect(countModels(json)).toBe(count))

  test("are found behind any room", () => {
    const room = " ".repeat(1_000)
    expect(countModels(`{${room}"model"${room}:${room}"a","model":"b"}`)).toBe(2)
  })

  test.each([
    ["letters", "x", 20_000_000],
    ["escaped quotes", '\\"', 5_000_000],
    ["escapes", "\\\\", 5_000_000],
  ])("are counted beside millions of %s", (_, piece, count) => {
    expect(countModels(`{"text":"${piece.repeat(count)}","model":"a"}`)).toBe(1)
  })

  test("are counted in any JSON, and nothing inside of it counts", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (given, isNamed) => {
        const plain = Object.entries(given).filter(([key]) => !/^models?$/i.test(key))
        const body = Object.fromEntries([...plain, ...(isNamed ? [["model", "x"]] : [])])
        expect(countModels(JSON.stringify(body, null, 1))).toBe(isNamed ? 1 : 0)
      }),
    )
  })
})

describe("a form", () => {
  const encoded = async (fill: (form: FormData) => void) => {
    const form = new FormData()
    fill(form)
    const response = new Response(form)
    return [new Uint8Array(await response.arrayBuffer()), response.headers.get("content-type") ?? ""] as const
  }

  test("names its model", async () => {
    const form = await encoded((each) => {
      each.append("file", new Blob(["model"]), "model")
      each.append("model", "whisper-1")
    })
    expect(await modelOfForm(...form)).toBe("whisper-1")
  })

  test("that names two, or a file, or is none, names none", async () => {
    const two = await encoded((each) => {
      each.append("model", "a")
      each.append("Model", "b")
    })
    const file = await encoded((each) => each.append("model", new Blob(["a"]), "a"))
    expect(await modelOfForm(...two)).toBeUndefined()
    expect(await modelOfForm(...file)).toBeUndefined()
    expect(await modelOfForm(new Uint8Array(3), "multipart/form-data; boundary=x")).toBeUndefined()
  })
})
