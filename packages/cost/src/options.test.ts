import { createPipeline } from "@bellwether/core"
import { expect, test } from "vitest"
import { cost, priceList } from "./index.ts"
import type { CostOptions } from "./index.ts"

const prices = priceList({ "gpt-4o": { input: 2.5, output: 10 } })
const invalid = (...faults: string[]) =>
  expect.objectContaining({
    code: "invalid-options",
    faults: faults.map((fault) => expect.stringContaining(fault)),
  })

test.each<[string, object, string[]]>([
  ["an option there is not", { price: prices }, ["cost.price is not an option; did you mean prices?"]],
  [
    "a book that is none",
    { prices: { "gpt-4o": 1 } },
    ['cost.prices["gpt-4o"]', "cost.prices.price is missing"],
  ],
  ["a negative factor", { prices, endpoints: { a: { factor: -1 } } }, ["cost.endpoints.a.factor must be"]],
  ["free money", { endpoints: { a: { usdPerUnit: 0 } } }, ["cost.endpoints.a.usdPerUnit must be"]],
  [
    "a model with half a price",
    { endpoints: { a: { models: { m: { input: 1 } } } } },
    ["cost.endpoints.a.models.m.output is missing"],
  ],
  [
    "a price with a factor",
    { prices, endpoints: { a: { models: { m: { factor: 1, input: 1 } } } } },
    ["cost.endpoints.a.models.m.input is not an option"],
  ],
  [
    "a share of a book that is not there",
    { endpoints: { a: { factor: 0.5 }, b: { models: { m: { factor: 1 } } }, c: { provider: "azure" } } },
    ["cost.endpoints.a needs cost.prices", "cost.endpoints.b needs", "cost.endpoints.c needs"],
  ],
  [
    "another currency of no price",
    { endpoints: { a: { usdPerUnit: 2 } } },
    ["cost.endpoints.a needs cost.prices"],
  ],
  [
    "a model of no name",
    { prices, endpoints: { a: { models: { "": { factor: 1 }, "*-mini": { factor: 1 } } } } },
    ["cost.endpoints.a.models has a model without a name", 'models["*-mini"] may have a * only at its end'],
  ],
  ["no room for models", { maxModels: 0 }, ["cost.maxModels must be"]],
])("%s is refused", (_, options, faults) => {
  expect(() => cost(options as CostOptions)).toThrow(invalid(...faults))
})

test("terms of an endpoint that does not exist, or that change nothing, are refused when the pipeline is made", () => {
  const make = (endpoints: CostOptions["endpoints"] & {}) =>
    createPipeline({
      endpoints: [
        { id: "relay", baseURL: "https://relay.test/v1", price: { input: 1, output: 2 } },
        { id: "official", baseURL: "https://official.test/v1" },
      ],
      use: [cost({ prices, endpoints })],
    })
  expect(() => make({ relais: {} })).toThrow(invalid("did you mean relay?"))
  expect(() => make({ relay: { factor: 0.5, provider: "azure", usdPerUnit: 2 } })).toThrow(
    invalid(
      "cost.endpoints.relay.factor has no effect",
      "cost.endpoints.relay.provider has no effect",
      "cost.endpoints.relay.usdPerUnit has no effect",
    ),
  )
  const models = { m: { factor: 2 } }
  expect(() => make({ relay: { provider: "azure", usdPerUnit: 2, models } })).not.toThrow()
  expect(() => make({ official: { factor: 0.5 } })).not.toThrow()
})
