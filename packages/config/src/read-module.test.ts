import { isAbsolute } from "node:path"
import { expect, test } from "vitest"
import { folder } from "../test/folder.ts"
import { refusal } from "../test/refusal.ts"
import { loadConfig } from "./load-config.ts"

const endpoints = (id: string): string => `[{ id: ${id}, baseURL: "https://primary.example/v1" }]`

const load = async (file: string, files: Readonly<Record<string, string>>) => {
  await using place = await folder(files)
  const loaded = await loadConfig({ directory: place.path, file, variables: {} })
  expect(loaded.files.every((each) => isAbsolute(each))).toBe(true)
  return {
    id: loaded.options.endpoints[0]?.id,
    files: loaded.files.map((each) => each.slice(place.path.length + 1)),
    options: loaded.options,
  }
}

const refused = async (files: Readonly<Record<string, string>>) => {
  await using place = await folder(files)
  const [file = ""] = Object.keys(files)
  const { code, message } = await refusal(
    loadConfig({ directory: place.path, file, variables: { SECRET: "sk-secret-1" } }),
  )
  expect(code).toBe("config-unreadable")
  expect(message).not.toContain("sk-secret-1")
  return message.replaceAll(`${place.path}/`, "")
}

test.each([
  ["a.ts", `export default { endpoints: ${endpoints('"a" satisfies string')} }`],
  ["a.mts", `const id: string = "a"\nexport default { endpoints: ${endpoints("id")} }`],
  ["a.js", `export default { endpoints: ${endpoints('"a"')} }`],
  ["a.mjs", `export default { endpoints: ${endpoints('await Promise.resolve("a")')} }`],
  ["a.cjs", `module.exports = { endpoints: ${endpoints('"a"')} }`],
  ["a.js", `module.exports = { endpoints: ${endpoints('"a"')} }`],
])("%s may hold %j", async (file, text) => {
  expect(await load(file, { [file]: text })).toMatchObject({ id: "a", files: [file] })
})

test("a config can import ours from anywhere, without an installation beside it", async () => {
  const text = `
    import { defineConfig, env } from "@bellwether/config"
    import { decorrelatedJitter } from "bellwether"
    export default defineConfig({
      endpoints: ${endpoints('env("NONE", "a")')},
      retry: { backoff: decorrelatedJitter() },
    })`
  const { id, options } = await load("a.ts", { "a.ts": text })
  expect(id).toBe("a")
  expect(options.retry).toEqual({ backoff: expect.any(Function) })
})

test("what it imports from the project is told, and read anew each time", async () => {
  const files = (id: string) => ({
    "a.ts": `import { ids } from "./ids"\nexport default { endpoints: ${endpoints("ids.join()")} }`,
    "ids.ts": `import a from "./sub/a.mjs"\nimport b from "./b.cjs"\nimport { c } from "./c.js"\nimport d from "./d.json"
export const ids: string[] = [a, b.b, c, d.d]`,
    "sub/a.mjs": `import { c } from "../c.js"\nexport default "${id}" + c`,
    "b.cjs": `exports.b = "${id}"`,
    "c.js": `export const c = "${id}"`,
    "d.json": JSON.stringify({ d: id }),
  })
  await using place = await folder()
  for (const id of ["1", "2"]) {
    for (const [name, text] of Object.entries(files(id))) await place.write(name, text)
    const { options, files: read } = await loadConfig({ file: place.of("a.ts"), variables: {} })
    expect(options.endpoints[0]?.id).toBe([id + id, id, id, id].join())
    expect(read.toSorted()).toEqual(Object.keys(files(id)).map(place.of).toSorted())
  }
})

test("modules that import each other are refused, for none could be evaluated first", async () => {
  const files = { "a.ts": 'import "./b.ts"', "b.ts": 'import "./c.ts"', "c.ts": 'import "./a.ts"' }
  expect(await refused(files)).toBe(
    "c.ts: it imports ./a.ts, which imports it: a config has no modules in a circle.",
  )
})

test.each([
  ["const a = 1\nconst b = ;", "a.ts:2:11: Unexpected token."],
  ["\nthrow new TypeError('no')", "a.ts:2: TypeError: no."],
  ["throw new Error(`it is ${'sk-secret' + '-1'}`)", "a.ts:1: Error: it is [secret]."],
  ["throw 5", "a.ts: it throws something that is no error."],
  ["export const endpoints = []", "a.ts: it exports no config as default."],
  ["export default () => ({})", "a.ts: it exports no config as default."],
  ["export default null", "a.ts: it exports no config as default."],
  ["import './gone.ts'\nexport default {}", /^a\.ts:\d+: Error: Cannot find module '\.\/gone\.ts'\.$/],
])("a module that is no config is refused: %j", async (text, message) => {
  expect(await refused({ "a.ts": text })).toMatch(message)
})

test("an error in what it imports is told with the place there", async () => {
  const importing = 'import "./b.ts"\nexport default {}'
  expect(await refused({ "a.ts": importing, "b.ts": "\n\nexport const b = }" })).toBe(
    "b.ts:3:18: Unexpected token.",
  )
  expect(await refused({ "a.ts": importing, "b.ts": "const u = undefined\nexport const b = u.x" })).toMatch(
    /^b\.ts:2: TypeError: /,
  )
  expect(await refused({ "a.ts": 'import d from "./d.json"\nexport default d', "d.json": '{"a":' })).toMatch(
    /^d\.json:1:6: /,
  )
})
