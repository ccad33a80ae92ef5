import { expect, test } from "vitest"
import { folder } from "../test/folder.ts"
import { refusal } from "../test/refusal.ts"
import { findConfig } from "./find-config.ts"

test.each(["ts", "mts", "js", "mjs", "cjs", "json", "yaml", "yml"])(
  "a config that ends with .%s is found",
  async (format) => {
    await using place = await folder({ [`bellwether.config.${format}`]: "", "README.md": "" })
    expect(await findConfig(place.path)).toBe(place.of(`bellwether.config.${format}`))
  },
)

test("where there is none, none is found", async () => {
  await using place = await folder({ "bellwether.config": "", "bellwether.config.toml": "", "config.ts": "" })
  expect(await findConfig(place.path)).toBeUndefined()
  expect(await findConfig(place.of("nowhere"))).toBeUndefined()
})

test("where there are two, both are named", async () => {
  await using place = await folder({ "bellwether.config.yaml": "", "bellwether.config.json": "" })
  const error = await refusal(findConfig(place.path))
  expect(error.code).toBe("config-ambiguous")
  expect(error.message).toBe(
    `${place.path} has bellwether.config.json and bellwether.config.yaml: keep one of them, or name the one to read.`,
  )
})
