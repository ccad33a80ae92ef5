import { anything, assert, property } from "fast-check"
import { describe, expect, test } from "vitest"
import {
  callable,
  count,
  flag,
  milliseconds,
  oneOf,
  positiveMilliseconds,
  ratio,
  text,
  url,
  wholeNumber,
} from "./option-checks.ts"
import {
  checkOptions,
  either,
  listOf,
  must,
  recordOf,
  refuseFaults,
  required,
  shape,
  type Check,
} from "./options.ts"
import { PipelineError } from "./pipeline-error.ts"

const anyEndpoint = shape({
  id: required(text),
  baseURL: required(url),
  keys: listOf(either({ text, function: callable }), { min: 1 }),
  headers: recordOf(text),
  tier: wholeNumber,
})

/** What a `flock` plugin could be told. */
interface FlockOptions {
  readonly endpoints: readonly object[]
  readonly strategy?: "round-robin" | "p2c"
  readonly patienceMs?: number
}

const checkFlock = (options: unknown): void =>
  checkOptions("flock", options as FlockOptions, {
    endpoints: required(listOf(anyEndpoint, { min: 1 })),
    strategy: oneOf(["round-robin", "p2c"]),
    patienceMs: milliseconds,
  })

/** The sentences an error says. */
const faults = (options: unknown): readonly string[] => {
  try {
    checkFlock(options)
  } catch (error) {
    if (PipelineError.is(error, "invalid-options")) return error.faults ?? []
    throw error
  }
  return []
}

const sound = {
  id: "a",
  baseURL: "https://a.test/v1",
  keys: ["secret", () => "secret"],
  headers: { "x-a": "1" },
}

test("good options pass, and what may be left out may be undefined", () => {
  expect(faults({ endpoints: [sound], strategy: "p2c", patienceMs: 0 })).toEqual([])
  expect(faults({ endpoints: [sound], strategy: undefined })).toEqual([])
})

test("all faults are told at once, each with its path", () => {
  expect(
    faults({
      endpoints: [
        sound,
        { id: " ", baseUrl: "https://b.test", keys: [], tier: -1 },
        { id: "c", baseURL: "ftp://c.test", keys: ["", 7, undefined], headers: { "x-c": null, ok: "1" } },
      ],
      strategy: "rond-robin",
      patiance: 5,
      patienceMs: Number.NaN,
    }),
  ).toEqual([
    "flock.patiance is not an option; did you mean patienceMs?",
    "flock.endpoints[1].baseUrl is not an option; did you mean baseURL?",
    "flock.endpoints[1].id must be a text that is not blank, not a blank text.",
    "flock.endpoints[1].baseURL is missing.",
    "flock.endpoints[1].keys must have at least 1 entry.",
    "flock.endpoints[1].tier must be a whole number of at least 0, not -1.",
    "flock.endpoints[2].baseURL must be an absolute URL such as https://api.openai.com/v1, not a text.",
    "flock.endpoints[2].keys[0] must be a text that is not blank, not a blank text.",
    "flock.endpoints[2].keys[1] must be a text or a function, not 7.",
    "flock.endpoints[2].keys[2] is missing.",
    'flock.endpoints[2].headers["x-c"] must be a text that is not blank, not null.',
    'flock.strategy can not be "rond-robin"; did you mean round-robin?',
    "flock.patienceMs must be a number of milliseconds of at least 0, not NaN.",
  ])
})

test("a name that resembles none is answered with all of them", () => {
  expect(faults({ endpoints: [sound], colour: 1, strategy: "cheapest" })).toEqual([
    "flock.colour is not an option; choose endpoints, strategy or patienceMs.",
    'flock.strategy can not be "cheapest"; choose round-robin or p2c.',
  ])
})

test.each([
  [[], "flock must be an object, not a list."],
  [() => {}, "flock must be an object, not a function."],
  [7, "flock must be an object, not 7."],
  ["secret", "flock must be an object, not a text."],
  [undefined, "flock.endpoints is missing."],
  [null, "flock.endpoints is missing."],
  [{ endpoints: "secret" }, "flock.endpoints must be a list, not a text."],
  [{ endpoints: [null] }, "flock.endpoints[0] must be an object, not null."],
  [
    { endpoints: [{ ...sound, headers: ["secret"] }] },
    "flock.endpoints[0].headers must be an object, not a list.",
  ],
])("%o is refused with a sentence", (options, sentence) => {
  expect(faults(options)).toEqual([sentence])
})

test("the error says one fault as a sentence and several as a list", () => {
  const error = (options: unknown): unknown => {
    try {
      checkFlock(options)
    } catch (thrown) {
      return thrown
    }
    return undefined
  }
  expect(error({})).toMatchObject({ code: "invalid-options", message: "flock.endpoints is missing." })
  expect(error({ patienceMs: -1 })).toMatchObject({
    message:
      "2 options are wrong:\n- flock.endpoints is missing.\n" +
      "- flock.patienceMs must be a number of milliseconds of at least 0, not -1.",
  })
})

test("faults across options can be added", () => {
  expect(() => refuseFaults([])).not.toThrow()
  expect(() => refuseFaults(["flock.patienceMs has no effect with one endpoint."])).toThrow("has no effect")
})

describe("names that objects have by themselves are no options", () => {
  test.each(["constructor", "toString", "hasOwnProperty"])("%s", (name) => {
    expect(faults({ endpoints: [sound], [name]: 1 })).toHaveLength(1)
  })
})

test("no sentence shows a text, however wrong its place: it may be a key", () => {
  const secret = "sk-very-secret"
  const checks: readonly Check[] = [
    flag,
    callable,
    count,
    wholeNumber,
    milliseconds,
    positiveMilliseconds,
    ratio,
    url,
    anyEndpoint,
    listOf(text),
    recordOf(text),
    either({ number: count }),
  ]
  for (const check of checks) {
    expect(check(secret, "option")).toHaveLength(1)
    for (const value of [secret, [secret], { id: secret, baseURL: secret, keys: secret }]) {
      expect(check(value, "option").join()).not.toContain(secret)
    }
  }
})

test("a long text is shortened where it is shown", () => {
  const [sentence = ""] = oneOf(["a"])("b".repeat(1000), "option")
  expect(sentence.length).toBeLessThan(100)
})

describe("each check", () => {
  const rows: readonly [string, Check, readonly unknown[], readonly unknown[]][] = [
    ["text", text, ["a", " a "], ["", "  ", 1, null, []]],
    ["flag", flag, [true, false], [0, "true", null]],
    ["callable", callable, [() => {}, Map], [{}, "f", null]],
    ["count", count, [1, 100], [0, -1, 1.5, Number.NaN, Infinity, "1", 2 ** 60, null]],
    ["wholeNumber", wholeNumber, [0, 7], [-1, 0.5, Infinity, "0", null]],
    ["milliseconds", milliseconds, [0, 0.5, 1e12], [-1, Infinity, Number.NaN, "5", null]],
    ["positiveMilliseconds", positiveMilliseconds, [0.5, 1e12], [0, -1, Infinity, Number.NaN, "5"]],
    ["ratio", ratio, [0, 0.5, 1], [-0.1, 1.1, Number.NaN, "0.5", null]],
    ["url", url, ["http://a", "https://a.test/v1?b=c"], ["a.test", "/v1", "ftp://a.test", "", 1, null]],
    ["oneOf", oneOf(["a", "b"]), ["a", "b"], ["c", "", 1, null, ["a"]]],
    ["listOf", listOf(count, { min: 2 }), [[1, 2]], [[], [1], [0, 1], "ab", null, { length: 2 }]],
    ["recordOf", recordOf(count), [{}, { a: 1 }], [{ a: 0 }, { a: undefined }, [1], null]],
    ["either", either({ number: count, list: listOf(count) }), [1, [1]], ["1", 0, [0], null, {}]],
    ["must", must("even", (value) => typeof value === "number" && value % 2 === 0), [2], [3]],
  ]

  test.each(rows)(
    "%s accepts what is right and says what is wrong, in one sentence",
    (_name, check, right, wrong) => {
      for (const value of [...right, undefined]) expect(check(value, "option")).toEqual([])
      for (const value of wrong) {
        expect(check(value, "option")).toHaveLength(1)
        expect(check(value, "option")[0]).toMatch(/^option.* .*[.?]$/)
      }
    },
  )

  test.each(rows)("%s can be made obligatory", (_name, check) => {
    expect(required(check)(undefined, "option")).toEqual(["option is missing."])
  })

  test("survives any value", () => {
    assert(
      property(anything(), (value) => {
        for (const [, check] of rows) {
          for (const sentence of check(value, "option")) expect(sentence).toMatch(/^option/)
        }
      }),
    )
  })
})
