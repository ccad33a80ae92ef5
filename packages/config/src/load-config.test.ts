import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { folder } from "../test/folder.ts"
import { refusal } from "../test/refusal.ts"
import type { Config } from "./define-config.ts"
import { env } from "./env.ts"
import { loadConfig } from "./load-config.ts"

const config = {
  endpoints: [
    { id: "primary", baseURL: "https://primary.example/v1", key: env("PRIMARY_KEY") },
    { id: "backup", baseURL: env("BACKUP_URL", "https://backup.example/v1"), keys: ["sk-2"] },
  ],
  retry: { repeats: 2 },
  gateway: { port: env("PORT", "8100") },
} satisfies Config

const variables = { PRIMARY_KEY: "sk-1" }

const yaml = `
endpoints:
  - { id: primary, baseURL: https://primary.example/v1, key: { env: PRIMARY_KEY } }
  - id: backup
    baseURL: { env: BACKUP_URL, default: https://backup.example/v1 }
    keys: [sk-2]
retry: { repeats: 2 }
gateway: { port: { env: PORT, default: "8100" } }
`

const load = async (text: string, name = "bellwether.config.yaml") => {
  await using place = await folder({ [name]: text })
  return await loadConfig({ directory: place.path, variables })
}

/** The faults of a config, wherever it lies. */
const faultsOf = async (text: string, name?: string, given: Readonly<Record<string, string>> = variables) => {
  await using place = await folder({ [name ?? "bellwether.config.yaml"]: text })
  const error = await refusal(loadConfig({ directory: place.path, variables: given }))
  expect(error.code).toBe("invalid-options")
  const { faults = [] } = error
  expect(error.message.startsWith(`${place.path}/bellwether.config`)).toBe(true)
  expect(faults.every((fault) => error.message.includes(fault))).toBe(true)
  return faults
}

describe("one config", () => {
  test.each([
    ["bellwether.config.yaml", yaml],
    ["bellwether.config.yml", yaml],
    ["bellwether.config.json", JSON.stringify(config, undefined, 2)],
    ["bellwether.config.ts", `export default ${JSON.stringify(config)}`],
    ["bellwether.config.cjs", `module.exports = ${JSON.stringify(config)}`],
  ])("is the same in %s", async (name, text) => {
    const { options, gateway } = await load(text, name)
    expect(options).toEqual({
      endpoints: [
        { id: "primary", baseURL: "https://primary.example/v1", key: "sk-1" },
        { id: "backup", baseURL: "https://backup.example/v1", keys: ["sk-2"] },
      ],
      retry: { repeats: 2 },
    })
    expect(gateway).toEqual({ port: "8100" })
  })

  test("may be named, and is then seen from the directory", async () => {
    await using place = await folder({ "sub/other.yaml": yaml, "bellwether.config.json": "not read" })
    const loaded = await loadConfig({ directory: place.path, file: "sub/other.yaml", variables })
    expect(loaded).toMatchObject({ file: place.of("sub/other.yaml"), files: [place.of("sub/other.yaml")] })
  })

  test("has another version when it says something else", async () => {
    await using place = await folder({ "a.yaml": yaml })
    const version = async () => (await loadConfig({ file: place.of("a.yaml"), variables })).version
    const first = await version()
    expect(await version()).toBe(first)
    await place.write("a.yaml", `${yaml}attempts: 3\n`)
    expect(await version()).not.toBe(first)
  })

  test("leaves plugins to the pipeline that will use them", async () => {
    const text = `
      import { quota } from "bellwether"
      const setup = () => { throw new Error("it was set up") }
      export default {
        endpoints: [{ id: "a", baseURL: "https://primary.example/v1" }],
        use: [{ name: "mine", setup }],
        store: { get: setup, swap: setup, increment: setup, watch: setup },
      }`
    const { options } = await load(text, "bellwether.config.ts")
    expect(options.use).toEqual([{ name: "mine", setup: expect.any(Function) }])
  })
})

describe("a config that is not there", () => {
  test("is missed with what was looked for, and where", async () => {
    await using place = await folder()
    const error = await refusal(loadConfig({ directory: place.path }))
    expect(error.code).toBe("config-missing")
    expect(error.message).toBe(
      `There is no bellwether.config.{ts,mts,js,mjs,cjs,json,yaml,yml} in ${place.path}: make one, or name another file.`,
    )
  })

  test.each(["gone.yaml", "gone.ts"])("is missed by its name %s", async (file) => {
    await using place = await folder()
    const error = await refusal(loadConfig({ directory: place.path, file }))
    expect(error.code).toBe("config-missing")
    expect(error.message).toBe(`There is no ${place.of(file)}: make it, or name another file.`)
  })

  test.each([
    ["a.toml", /must end with \.ts, /],
    ["folder.yaml", /EISDIR/],
  ])("but is something else is refused: %s", async (file, message) => {
    await using place = await folder({ "a.toml": "", "folder.yaml/a": "" })
    const error = await refusal(loadConfig({ directory: place.path, file }))
    expect(error.code).toBe("config-unreadable")
    expect(error.message).toMatch(message)
  })

  test.each(["", "5", "[]", "text"])("but holds %j is refused", async (text) => {
    await using place = await folder({ "a.yaml": text })
    const error = await refusal(loadConfig({ file: place.of("a.yaml") }))
    expect(error.message).toBe(`${place.of("a.yaml")}: it holds no config, which is an object.`)
  })

  test("options of the loading itself are looked at, too", async () => {
    const error = await refusal(loadConfig({ path: "a.yaml" } as never))
    expect(error.message).toMatch(/^loadConfig\.path is not an option; /)
  })
})

describe("what is wrong with a config", () => {
  test("is told all at once, each with its path in the file", async () => {
    expect(
      await faultsOf(`
endpoints:
  - { id: primary, baseURL: https://primary.example/v1, key: { env: NO_KEY } }
  - { id: backup, baseUrl: https://backup.example/v1 }
retry: { repeats: -1 }
timeout: { idle: 5 }
rateLimt: true
hedge: 5
gateway: { prot: 80 }
`),
    ).toEqual(
      expect.arrayContaining([
        "endpoints[0].key: the environment variable NO_KEY is not set: set it, or give it a default.",
        "endpoints[1].baseURL is missing.",
        "endpoints[1].baseUrl is not an option; did you mean baseURL?",
        "gateway.prot is not an option; did you mean port?",
        "hedge must be an object or a flag, not 5.",
        "rateLimt is not an option; did you mean rateLimit?",
        "retry.repeats must be a whole number of at least 0, not -1.",
        expect.stringMatching(/^timeout\.idle is not an option; /),
      ]),
    )
  })

  test("is told of endpoints, of which there must be some", async () => {
    expect(await faultsOf("retry: {}")).toEqual(["endpoints is missing."])
    expect(await faultsOf("endpoints: []")).toEqual(["endpoints must have at least 1 entry."])
  })

  test("is told once where a variable is missing", async () => {
    const entry = "{ id: { env: A }, baseURL: { env: B }, key: { env: C }, provider: { env: D } }"
    expect(await faultsOf(`endpoints: [${entry}]`)).toEqual(
      ["A", "B", "C", "D"].map((name, place) => {
        const path = ["id", "baseURL", "key", "provider"][place] ?? ""
        return `endpoints[0].${path}: the environment variable ${name} is not set: set it, or give it a default.`
      }),
    )
  })

  test("is a text where only a program can hold what is needed", async () => {
    const endpoint = `{"id": "a", "baseURL": "https://primary.example/v1"}`
    expect(
      await faultsOf(
        `{"endpoints": [${endpoint}], "retry": {"backoff": "exponential"}}`,
        "bellwether.config.json",
      ),
    ).toEqual([
      "retry.backoff must be a function, not a text. Only a config in TypeScript or JavaScript can hold one.",
    ])
  })

  test("is a plugin that is none, or that is there twice", async () => {
    const text = `
      const plugin = { name: "mine", setup() {} }
      export default {
        endpoints: [{ id: "a", baseURL: "https://primary.example/v1" }],
        use: [plugin, plugin, { name: "other" }, 5],
      }`
    expect(await faultsOf(text, "bellwether.config.ts")).toEqual([
      "use[2] must be a plugin, with a name and a setup function, not an object.",
      "use[3] must be a plugin, with a name and a setup function, not 5.",
      'use lists the plugin "mine" twice: leave one out.',
    ])
  })

  test("is a name that would change what objects are", async () => {
    const text = `{"endpoints": [{"id": "a", "baseURL": "https://primary.example/v1", "headers": {"__proto__": "x"}}]}`
    expect(await faultsOf(text, "bellwether.config.json")).toEqual([
      "endpoints[0].headers.__proto__ is a name that nothing can have.",
    ])
  })
})

describe("a key", () => {
  /** Where a key may land by mistake; each is refused for another reason. */
  const misplaced: readonly ((key: unknown) => object)[] = [
    (key) => ({ endpoints: [{ id: key, baseURL: key, key }] }),
    (key) => ({ endpoints: [{ id: "a", baseURL: "https://primary.example/v1", provider: key, key: [key] }] }),
    (key) => ({
      endpoints: [{ id: "a", baseURL: "https://primary.example/v1", keys: [{ value: key, id: 5 }] }],
    }),
    (key) => ({ endpoints: [{ id: "a", baseURL: "https://primary.example/v1", keys: [{ key }] }] }),
    (key) => ({ endpoints: [{ id: "a", baseURL: "https://primary.example/v1", headers: { "x key": key } }] }),
    (key) => ({ endpoints: key, retry: key, quota: { usage: { a: key } } }),
    (key) => ({ endpoints: [], gateway: { keys: [{ id: key, value: key }, { id: key, value: key }, key] } }),
    (key) => ({ endpoints: [], gateway: { status: { token: [key] }, host: key, cors: [key], port: key } }),
  ]
  const secret = fc.stringMatching(/^sk-[A-Za-z0-9/ +_.-]{8,80}$/)

  test("never appears in what is told, wherever it was put", async () => {
    await using place = await folder()
    await fc.assert(
      fc.asyncProperty(secret, fc.constantFrom(...misplaced), async (key, config) => {
        const file = await place.write("a.json", JSON.stringify(config(env("THE_KEY"))))
        const error = await refusal(loadConfig({ file, variables: { THE_KEY: key } }))
        expect(error.message + JSON.stringify(error)).not.toContain(key.slice(0, 11))
      }),
    )
  })

  test("that is a number in YAML is not shown as one", async () => {
    const faults = await faultsOf(
      "endpoints: [{ id: a, baseURL: https://primary.example/v1, key: 1234567890 }]",
    )
    expect(faults).toEqual(["endpoints[0].key must be a text or a function, not [secret]."])
  })
})
