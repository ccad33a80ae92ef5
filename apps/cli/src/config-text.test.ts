import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadConfig } from "@bellwether/config"
import { describe, expect, test } from "vitest"
import { faultOfURL, nameOf, variableOf } from "./ask-endpoints.ts"
import { configText } from "./config-text.ts"
import type { NewEndpoint } from "./config-text.ts"

const endpoints: readonly NewEndpoint[] = [
  { id: "openai", baseURL: "https://primary.example/v1", variable: "PRIMARY_KEY" },
  { id: 'quote"d', baseURL: "https://backup.example/v1/'${x}`: {", variable: "BACKUP_KEY" },
  { id: "yes", baseURL: "http://relay.example:8080/v1", variable: "RELAY_KEY" },
  { id: "1.0", baseURL: "https://relay.example/\u2028v1", variable: "RELAY_KEY" },
  { id: "备用", baseURL: "https://relay.example/中/v1", variable: "RELAY_KEY" },
]
const variables: Record<string, string> = { PRIMARY_KEY: "sk-1", BACKUP_KEY: "sk-2", RELAY_KEY: "sk-3" }

describe("configText", () => {
  test.for(["ts", "yaml", "json"] as const)(
    "as %s is read as it was meant, whatever the names",
    async (format) => {
      const expected = endpoints.map(({ id, baseURL, variable }) => ({
        id,
        baseURL,
        key: variables[variable],
      }))
      const folder = await mkdtemp(join(tmpdir(), "bellwether-cli-"))
      try {
        await writeFile(join(folder, `bellwether.config.${format}`), configText(endpoints, format))
        const { options } = await loadConfig({ directory: folder, variables })
        expect(options.endpoints).toEqual(expected)
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  )

  test("holds no key, only the names of variables", () => {
    expect(configText(endpoints, "ts")).toContain('key: env("PRIMARY_KEY")')
  })
})

test.for(["https://relay.example/v1", "http://127.0.0.1:8090/v1"])("%s is a base URL", (url) => {
  expect(faultOfURL(url)).toBeUndefined()
})

test.for([
  ["relay.example/v1", "That is no URL"],
  ["ftp://relay.example", "That is no URL"],
  ["https://sk-1@relay.example/v1", "Leave the key out"],
  ["https://relay.example/v1?key=sk-1", "Leave out what begins with ? or #."],
] as const)("%s is no base URL: %s", ([url, fault]) => {
  expect(faultOfURL(url)).toContain(fault)
})

test.for([
  ["https://api.relay.example/v1", "relay"],
  ["http://localhost:8080/v1", "localhost"],
  ["http://127.0.0.1:8080/v1", ""],
  ["http://[::1]:8080/v1", ""],
] as const)("%s is proposed to be called %j", ([url, name]) => {
  expect(nameOf(url)).toBe(name)
})

test.for([
  ["relay-2", "RELAY_2_API_KEY"],
  ["2nd", "_2ND_API_KEY"],
] as const)("the key of %s is proposed to be in %s", ([id, variable]) => {
  expect(variableOf(id)).toBe(variable)
})
