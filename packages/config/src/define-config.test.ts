import { decorrelatedJitter } from "bellwether"
import type { BellwetherOptions } from "bellwether"
import { expect, expectTypeOf, test } from "vitest"
import { defineConfig } from "./define-config.ts"
import type { Config } from "./define-config.ts"
import { env } from "./env.ts"

const baseURL = "https://primary.example/v1"

test("a config is what was written, and plain data where it is data", () => {
  const config = defineConfig({
    endpoints: [
      { id: "a", baseURL, key: env("A") },
      { id: "b", baseURL: env("B_URL", baseURL), keys: [env("B"), { id: "second", value: env("C") }] },
      { id: "c", baseURL, provider: "anthropic", key: () => "sk", headers: { "x-team": env("TEAM") } },
    ],
    retry: { backoff: decorrelatedJitter() },
    quota: { usage: { a: "daily" }, budgets: [{ limit: { usd: 5 }, per: "day" }] },
    gateway: { port: env("PORT", "80"), keys: [{ id: "x", value: env("X") }], status: { token: env("T") } },
  })
  expect(JSON.parse(JSON.stringify(config))).toMatchObject({
    endpoints: [{ key: { env: "A" } }, { baseURL: { env: "B_URL", default: baseURL } }, {}],
  })
})

test("options of the library are a config", () => {
  expectTypeOf<Omit<BellwetherOptions, "state">>().toExtend<Config>()
})

test("a slip is an error of types", () => {
  // @ts-expect-error a name that is mistyped
  defineConfig({ endpoints: [{ id: "a", baseUrl: baseURL }] })
  // @ts-expect-error no such option
  defineConfig({ endpoints: [], retries: {} })
  // @ts-expect-error no such provider
  defineConfig({ endpoints: [{ id: "a", baseURL, provider: "openia" }] })
  // @ts-expect-error a number is no text
  defineConfig({ endpoints: [{ id: "a", baseURL, key: 5 }] })
  // @ts-expect-error a text is no number
  defineConfig({ endpoints: [], attempts: env("ATTEMPTS") })
  // @ts-expect-error what was learnt is no setting
  defineConfig({ endpoints: [], state: {} })
  // @ts-expect-error endpoints are needed
  expect(defineConfig({})).toEqual({})
})
