import { describe, expect, test } from "vitest"
import { faultsOf } from "./faults-of.ts"
import type { GatewayOptions } from "./gateway-options.ts"
import { gatewaySettings } from "./gateway-settings.ts"

const faults = (options: object): readonly string[] => faultsOf(() => gatewaySettings(options))

const key = { id: "team-a", value: "bw-1" }

describe("the options of the gateway", () => {
  test("may all be left out", () => {
    expect(gatewaySettings()).toEqual({
      host: "127.0.0.1",
      isLoopback: true,
      port: 8090,
      keys: [],
      status: {},
      metrics: true,
      cors: [],
      maxBodyBytes: 64 * 1024 * 1024,
      maxHeaderBytes: 16 * 1024,
      slowClientMs: 30_000,
      shutdownMs: 30_000,
    })
  })

  test("are kept where they are given", () => {
    const options = {
      host: "0.0.0.0",
      port: 0,
      keys: [
        {
          ...key,
          models: ["gpt-4o", "claude-*", "*"],
          budgets: [{ limit: { usd: 5 }, per: "day", window: "rolling" }],
          concurrency: 4,
        },
      ],
      status: false,
      metrics: false,
      cors: ["https://app.example", "http://localhost:5173"],
      maxBodyBytes: 1,
      maxHeaderBytes: 2,
      slowClientMs: 3,
      shutdownMs: 0,
    } as const
    expect(gatewaySettings(options)).toEqual({ ...options, isLoopback: false })
  })

  test.each<[object, number]>([
    [{ port: "8100" }, 8100],
    [{ port: "0" }, 0],
    [{ port: 65_535 }, 65_535],
  ])("%j is a port", (options, port) => {
    expect(gatewaySettings(options as GatewayOptions).port).toBe(port)
  })

  test.each(["127.0.0.1", "127.8.9.10", "localhost", "LocalHost", "::1", "[::1]", "0:0:0:0:0:0:0:1"])(
    "%s is reached from this machine only, and needs no keys",
    (host) => {
      expect(gatewaySettings({ host }).isLoopback).toBe(true)
    },
  )

  test.each(["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::2", "gateway.example", "127.0.0.1.example"])(
    "%s is reached from elsewhere, and needs keys",
    (host) => {
      expect(faults({ host })).toEqual([
        "gateway.keys is missing: list who may call, or leave host at 127.0.0.1.",
      ])
      expect(gatewaySettings({ host, keys: [key] }).isLoopback).toBe(false)
    },
  )
})

describe("refused is", () => {
  test.each<[object, string]>([
    [{ hosts: "x" }, "gateway.hosts is not an option; did you mean host?"],
    [{ port: 65_536 }, "gateway.port must be a port from 0 to 65535, not 65536."],
    [{ port: "80a" }, "gateway.port must be a port from 0 to 65535, not a text."],
    [{ port: 1.5 }, "gateway.port must be a port from 0 to 65535, not 1.5."],
    [{ status: true }, "gateway.status must be an object or false, not true."],
    [{ status: { tokn: "x" } }, "gateway.status.tokn is not an option; did you mean token?"],
    [
      { status: { token: "a b" } },
      "gateway.status.token must be a text of printable characters without spaces, not a text.",
    ],
    [{ cors: ["*"] }, "gateway.cors[0] must be an origin such as https://app.example, not a text."],
    [
      { cors: ["https://app.example/"] },
      "gateway.cors[0] must be an origin such as https://app.example, not a text.",
    ],
    [{ cors: ["null"] }, "gateway.cors[0] must be an origin such as https://app.example, not a text."],
    [{ maxBodyBytes: 0 }, "gateway.maxBodyBytes must be a whole number of at least 1, not 0."],
    [{ slowClientMs: 0 }, "gateway.slowClientMs must be a number of milliseconds above 0, not 0."],
    [{ keys: [] }, "gateway.keys must have at least 1 entry."],
    [{ keys: "bw-1" }, "gateway.keys must be a list, not a text."],
    [{ keys: ["bw-1"] }, "gateway.keys[0] must be an object, not a text."],
    [{ keys: [{ id: "a" }] }, "gateway.keys[0].value is missing."],
    [
      { keys: [{ ...key, id: "a/b" }] },
      "gateway.keys[0].id must be a name of letters, digits, dots, dashes and underscores, not a text.",
    ],
    [
      { keys: [{ ...key, models: ["a*b"] }] },
      "gateway.keys[0].models[0] must be a model, with a * at its end at most, not a text.",
    ],
    [
      { keys: [{ ...key, concurrency: 0 }] },
      "gateway.keys[0].concurrency must be a whole number of at least 1, not 0.",
    ],
    [
      { keys: [key, { ...key, value: "bw-2" }] },
      "gateway.keys[1].id is that of gateway.keys[0]: give each its own.",
    ],
    [
      { keys: [key, { ...key, id: "b" }] },
      "gateway.keys[1].value is that of gateway.keys[0]: callers could not be told apart.",
    ],
    [{ keys: [{ ...key, budgets: [{ limit: { usd: 1 } }] }] }, "gateway.keys[0].budgets[0].per is missing."],
    [
      { keys: [{ ...key, budgets: [{ limit: { usd: 0 }, per: "day" }] }] },
      "gateway.keys[0].budgets[0].limit.usd must be a number from 0.000000001 to 9000000, not 0.",
    ],
    [
      { keys: [{ ...key, budgets: [{ limit: { usd: 1 }, per: "day", scope: "key" }] }] },
      "gateway.keys[0].budgets[0].scope is not an option; choose limit, per or window.",
    ],
    [
      {
        keys: [
          {
            ...key,
            budgets: [
              { limit: { usd: 1 }, per: "day" },
              { limit: { usd: 1 }, per: "day" },
            ],
          },
        ],
      },
      'gateway.keys[0].budgets[1].name: there are two budgets "1 USD per day"; give one another name.',
    ],
  ])("%j", (options, fault) => {
    expect(faults(options)).toEqual([fault])
  })

  test("everything that is wrong, at once", () => {
    expect(faults({ host: 5, port: -1, keys: [null, { id: 1 }] })).toHaveLength(5)
  })
})
