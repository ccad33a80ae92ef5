import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { env } from "./env.ts"
import { resolveEnv } from "./resolve-env.ts"

const variables = { NAME: "value", EMPTY: "" }

describe("a reference to a variable", () => {
  test.each([
    [env("NAME"), "value"],
    [env("NAME", "fallback"), "value"],
    [env("NONE", "fallback"), "fallback"],
    [env("EMPTY", "fallback"), "fallback"],
    [env("NONE", ""), ""],
  ])("%j becomes %j", (reference, text) => {
    expect(resolveEnv({ a: [{ b: reference }] }, variables)).toEqual({
      data: { a: [{ b: text }] },
      faults: new Map(),
      taken: text === "value" ? ["value"] : [],
    })
  })

  test.each(["NONE", "EMPTY", "constructor", "__proto__"])("to %s, which is not set, is a fault", (name) => {
    const { data, faults } = resolveEnv({ a: [{ b: env(name) }] }, variables)
    expect([...faults]).toEqual([
      ["a[0].b", `the environment variable ${name} is not set: set it, or give it a default.`],
    ])
    expect(data).toEqual({ a: [{ b: undefined }] })
  })

  test("with a default that is no text is a fault", () => {
    const { faults } = resolveEnv({ port: { env: "PORT", default: 80 } }, variables)
    expect([...faults]).toEqual([["port.default", "must be a text: put it in quotes."]])
  })

  test.each([{ env: 5 }, { env: "NAME", more: "than that" }, { default: "x" }, { environment: "NAME" }])(
    "is not %j",
    (data) => {
      expect(resolveEnv({ a: data }, variables).data).toEqual({ a: data })
    },
  )

  test("is not looked for in what only a program can make", () => {
    const plugin = { name: "x", env: "NAME", setup: () => {} }
    const store = { env: "NAME" }
    const { data } = resolveEnv({ use: [plugin], store }, variables)
    expect(data["use"]).toEqual([plugin])
    expect((data["use"] as unknown[])[0]).toBe(plugin)
    expect(data["store"]).toBe(store)
  })

  test("is not looked for in instances and functions", () => {
    const provider = new (class {
      readonly env = "NAME"
    })()
    const key = Object.assign(() => "key", { env: "NAME" })
    const { data } = resolveEnv({ endpoints: [{ provider, key }] }, variables)
    expect((data["endpoints"] as { readonly provider: unknown }[])[0]).toEqual({ provider, key })
  })
})

describe("data that no config can be", () => {
  test("a name that would change what objects are is a fault, and does not get through", () => {
    const data = JSON.parse('{"headers":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}') as {}
    const resolved = resolveEnv(data, variables)
    expect([...resolved.faults.keys()]).toEqual(["headers.__proto__", "__proto__"])
    expect(JSON.stringify(resolved.data)).toBe('{"headers":{}}')
    expect({}).not.toHaveProperty("polluted")
    expect(resolved.data).not.toHaveProperty("polluted")
  })

  test("an object that contains itself is a fault", () => {
    const circle: Record<string, unknown> = { a: {} }
    circle["a"] = { b: [circle] }
    expect([...resolveEnv(circle, variables).faults]).toEqual([["a.b[0]", "contains itself."]])
  })

  test("the same object twice is none", () => {
    const shared = { key: env("NAME") }
    expect(resolveEnv({ a: shared, b: [shared, shared] }, variables)).toMatchObject({
      data: { a: { key: "value" }, b: [{ key: "value" }, { key: "value" }] },
      faults: new Map(),
    })
  })

  test("lists within lists without end are a fault, not an overflow", () => {
    let deep: unknown = []
    for (let depth = 0; depth < 100_000; depth++) deep = [deep]
    expect([...resolveEnv({ deep }, variables).faults.values()]).toEqual(["is nested too deeply."])
  })
})

describe("whatever is in a config", () => {
  const name = fc.string().filter((each) => each !== "__proto__" && each !== "env")
  const { plain } = fc.letrec((tie) => ({
    plain: fc.oneof(
      { maxDepth: 6 },
      fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie("plain")),
      fc.dictionary(name, tie("plain")),
    ),
  }))
  const config = fc.dictionary(name, plain) as fc.Arbitrary<Readonly<Record<string, unknown>>>

  test("comes through as it is, and is not changed", () => {
    fc.assert(
      fc.property(config, (data) => {
        const before = structuredClone(data)
        expect(resolveEnv(data, variables)).toEqual({ data: before, faults: new Map(), taken: [] })
        expect(data).toEqual(before)
      }),
    )
  })

  test("every reference is put in its place, at any depth", () => {
    const wrap = fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => [inner],
      (inner) => [0, inner],
      (inner) => ({ a: inner }),
      (inner) => ({ "b c": inner, d: null }),
    )
    fc.assert(
      fc.property(fc.array(wrap, { maxLength: 12 }), fc.string({ minLength: 1 }), (wraps, value) => {
        const around = (inner: unknown) => ({ root: wraps.reduce((within, each) => each(within), inner) })
        expect(resolveEnv(around(env("V")), { V: value })).toEqual({
          data: around(value),
          faults: new Map(),
          taken: [value],
        })
      }),
    )
  })
})
