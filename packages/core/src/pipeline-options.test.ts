import { describe, expect, test } from "vitest"
import { endpoint } from "../test/pipelines.ts"
import { createPipeline } from "./create-pipeline.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { PipelineOptions } from "./pipeline-options.ts"

/** The sentences a pipeline refuses these options with; none if it takes them. */
function faultsOf(options: unknown): readonly string[] {
  try {
    createPipeline(options as PipelineOptions)
    return []
  } catch (error) {
    if (!PipelineError.is(error, "invalid-options")) throw error
    return error.faults ?? []
  }
}

const { key: _, ...keyless } = endpoint("a")
const withEndpoint = (more: object) => ({ endpoints: [{ ...endpoint("a"), ...more }] })
const withKeys = (...keys: readonly unknown[]) => ({ endpoints: [{ ...keyless, keys }] })
const plugin = (name: string, inside?: readonly string[]) => ({
  name,
  setup: () => {},
  ...(inside && { inside }),
})
const two = [endpoint("a"), endpoint("b")]

describe("options that are right", () => {
  test.each<[string, unknown]>([
    ["an endpoint", { endpoints: [endpoint("a")] }],
    ["an endpoint without a key", { endpoints: [{ id: "local", baseURL: "http://127.0.0.1:8080" }] }],
    ["keys of every form", withKeys("sk", () => "sk", { id: "x", value: async () => "sk" })],
    ["Azure", withEndpoint({ provider: "azure", apiVersion: "2024-10-21" })],
    [
      "everything else",
      {
        endpoints: two,
        use: [plugin("retry"), plugin("router", ["retry"])],
        fetch,
        deadlineMs: 1,
        attempts: 1,
        rules: [
          {
            class: "overloaded",
            status: [418, "5xx", "none"],
            code: ["busy"],
            message: /busy/,
            scope: "endpoint",
          },
        ],
      },
    ],
  ])("such as %s are taken", (_, options) => {
    expect(faultsOf(options)).toEqual([])
  })
})

describe("an option that is wrong is refused with its path", () => {
  test.each<[string, unknown, string | RegExp]>([
    ["nothing at all", undefined, "endpoints is missing."],
    ["no endpoints", {}, "endpoints is missing."],
    ["an empty list", { endpoints: [] }, "endpoints must have at least 1 entry."],
    ["endpoints that are no list", { endpoints: endpoint("a") }, /^endpoints must be a list/],
    ["an endpoint that is none", { endpoints: ["https://a.example"] }, /^endpoints\[0\] must be an object/],
    ["a missing id", withEndpoint({ id: undefined }), "endpoints[0].id is missing."],
    ["a blank id", withEndpoint({ id: " " }), /^endpoints\[0\]\.id must be .*blank/],
    ["an id with a slash", withEndpoint({ id: "a/b" }), /^endpoints\[0\]\.id .*"a\/b".*slashes/],
    ["a missing base URL", withEndpoint({ baseURL: undefined }), "endpoints[0].baseURL is missing."],
    [
      "a base URL that is none",
      withEndpoint({ baseURL: "a.example/v1" }),
      /^endpoints\[0\]\.baseURL must be an absolute/,
    ],
    [
      "another protocol",
      withEndpoint({ baseURL: "ftp://a.example" }),
      /^endpoints\[0\]\.baseURL must be an absolute/,
    ],
    [
      "a query in the base URL",
      withEndpoint({ baseURL: "https://a.example/v1?x=1" }),
      /^endpoints\[0\]\.baseURL must end/,
    ],
    [
      "credentials in the base URL",
      withEndpoint({ baseURL: "https://me:planted@a.example" }),
      /^endpoints\[0\]\.baseURL .*key/,
    ],
    ["a blank key", withEndpoint({ key: "" }), /^endpoints\[0\]\.key must be .*blank/],
    [
      "a key with a line break inside",
      withEndpoint({ key: "sk-planted\nsk-2" }),
      /^endpoints\[0\]\.key .*header/,
    ],
    ["a key with an ellipsis", withEndpoint({ key: "sk-planted…" }), /^endpoints\[0\]\.key .*header/],
    [
      "a key whose variable is not set",
      withEndpoint({ key: undefined }),
      /^endpoints\[0\]\.key is undefined/,
    ],
    ["a key of a wrong kind", withEndpoint({ key: 7 }), /^endpoints\[0\]\.key must be/],
    ["both key and keys", withEndpoint({ keys: ["sk"] }), /^endpoints\[0\] has both key and keys/],
    ["no keys in the list", withKeys(), /^endpoints\[0\]\.keys must have at least 1/],
    ["a key without a value", withKeys({ id: "x" }), /^endpoints\[0\]\.keys\[0\]\.value is missing/],
    [
      "a bad key in the list",
      withKeys("sk", { value: "planted\n1" }),
      /^endpoints\[0\]\.keys\[1\]\.value .*header/,
    ],
    ["a key id given twice", withKeys({ id: "key-2", value: "a" }, "b"), /^endpoints\[0\]\.keys .*"key-2"/],
    [
      "an unknown provider",
      withEndpoint({ provider: "antropic" }),
      /^endpoints\[0\]\.provider .*did you mean anthropic/,
    ],
    [
      "a provider without a function",
      withEndpoint({ provider: { name: "own", url: () => "" } }),
      "endpoints[0].provider.authorize is missing.",
    ],
    ["an inert api-version", withEndpoint({ apiVersion: "1" }), /^endpoints\[0\]\.apiVersion does nothing/],
    [
      "a header without a text",
      withEndpoint({ headers: { "x-a": 1 } }),
      /^endpoints\[0\]\.headers\["x-a"\] must be/,
    ],
    [
      "a header that cannot be sent",
      withEndpoint({ headers: { "x-a": "planted\r\nx-b: c" } }),
      /^endpoints\[0\]\.headers\["x-a"\]/,
    ],
    [
      "a header name that cannot be sent",
      withEndpoint({ headers: { "x a": "b" } }),
      /^endpoints\[0\]\.headers\["x a"\]/,
    ],
    ["a model name that is blank", withEndpoint({ models: { m: "" } }), /^endpoints\[0\]\.models\.m must be/],
    ["a negative tier", withEndpoint({ tier: -1 }), /^endpoints\[0\]\.tier must be .*not -1/],
    ["a context of nothing", withEndpoint({ contextTokens: 0 }), /^endpoints\[0\]\.contextTokens must be/],
    [
      "a flag that is none",
      withEndpoint({ prefill: "yes" }),
      /^endpoints\[0\]\.prefill must be true or false/,
    ],
    [
      "a mistyped endpoint option",
      withEndpoint({ baseUrl: "https://b.example" }),
      "endpoints[0].baseUrl is not an option; did you mean baseURL?",
    ],
    ["an option of nobody", withEndpoint({ zzz: 1 }), /^endpoints\[0\]\.zzz is not an option; choose/],
    [
      "a mistyped option",
      { endpoints: two, deadlineMS: 1 },
      "deadlineMS is not an option; did you mean deadlineMs?",
    ],
    ["a negative deadline", { endpoints: two, deadlineMs: -1 }, /^deadlineMs must be .*not -1/],
    ["a deadline that is no number", { endpoints: two, deadlineMs: NaN }, /^deadlineMs must be/],
    ["no attempts", { endpoints: two, attempts: 0 }, /^attempts must be .*not 0/],
    ["a fetch that is none", { endpoints: two, fetch: {} }, /^fetch must be a function/],
    ["a rule of no class", { endpoints: two, rules: [{ status: [400] }] }, "rules[0].class is missing."],
    [
      "a rule of an unknown class",
      { endpoints: two, rules: [{ class: "overload" }] },
      /^rules\[0\]\.class .*did you mean overloaded/,
    ],
    [
      "a rule whose status is no list",
      { endpoints: two, rules: [{ class: "overloaded", status: 400 }] },
      /^rules\[0\]\.status must be a list/,
    ],
    [
      "a rule with a status that is none",
      { endpoints: two, rules: [{ class: "overloaded", status: ["3xx"] }] },
      /^rules\[0\]\.status\[0\] must be a status/,
    ],
    [
      "a rule whose message is a text",
      { endpoints: two, rules: [{ class: "overloaded", message: "busy" }] },
      /^rules\[0\]\.message must be a regular/,
    ],
    ["a plugin that is none", { endpoints: two, use: [() => {}] }, /^use\[0\] must be a plugin/],
    [
      "a plugin listed twice",
      { endpoints: two, use: [plugin("retry"), plugin("retry")] },
      /^use lists the plugin "retry" twice/,
    ],
    [
      "a plugin outside of where it belongs",
      { endpoints: two, use: [plugin("router", ["retry"]), plugin("retry")] },
      /^use lists "router" before "retry"/,
    ],
    [
      "an id given twice",
      { endpoints: [endpoint("a"), endpoint("a")] },
      /^endpoints has two with the id "a"/,
    ],
  ])("%s", (_, options, sentence) => {
    const faults = faultsOf(options)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(sentence)
    expect(faults[0]).toMatch(/[.?]$/)
    expect(faults.join()).not.toContain("planted")
  })
})

test("all faults are told at once, in one error", () => {
  const options = {
    endpoints: [
      endpoint("a", { baseURL: "https://u:p@a.example" }),
      endpoint("a", { tier: -1 }),
      { id: "c" },
    ],
    use: [plugin("retry"), plugin("retry")],
    deadlineMs: 0,
    atempts: 3,
  }
  const paths = faultsOf(options).map((fault) => fault.split(" ", 1)[0])
  expect(paths).toEqual([
    "atempts",
    "endpoints[0].baseURL",
    "endpoints[1].tier",
    "endpoints[2].baseURL",
    "endpoints",
    "use",
    "deadlineMs",
  ])
  expect(() => createPipeline(options as unknown as PipelineOptions)).toThrow(/^7 options are wrong:\n- /)
})

test("an option set to undefined is one left out", () => {
  const blank = {
    use: undefined,
    fetch: undefined,
    clock: undefined,
    deadlineMs: undefined,
    attempts: undefined,
  }
  expect(
    faultsOf({ endpoints: [{ ...endpoint("a"), tier: undefined, headers: undefined }], ...blank }),
  ).toEqual([])
})
