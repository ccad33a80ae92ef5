import { Parks } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import type { Fault } from "@bellwether/testing"
import { expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"
import type { HealthOptions } from "./index.ts"

const onModels = { route: "models" } as const
const onChat = { route: "chat" } as const
const always = { probe: { always: true } } as const
const paid = { probe: { always: true, completion: { model: "gpt-4o", dailyCap: 100 } } } as const

/** Whose parks are lifted, and which, when probes meet a fault for two minutes and then do not. */
async function lifted(fault: Fault | undefined, options: HealthOptions, where: object = onModels) {
  const told: string[] = []
  const keeper: Plugin = {
    name: "keeper",
    setup: ({ provide }) => provide(Parks, { lift: ({ id }, cause) => void told.push(`${id} ${cause}`) }),
  }
  const stage = stageOf({ primary: {} }, { use: [keeper], options })
  const outage = fault && stage.providers["primary"]?.inject(fault, where)
  void stage.pipeline.ready()
  await stage.clock.advance(120_000)
  const before = told.splice(0)
  outage?.remove()
  await stage.clock.advance(120_000)
  return { before: new Set(before), after: told }
}

test("a key that probes were refused with is back when one is answered, once", async () => {
  const { before, after } = await lifted({ kind: "error", error: "invalid-key" }, always)
  expect(before).toEqual(new Set())
  expect(after).toEqual(["primary/key-1 credential"])
})

test("what they were refused for counts: a balance that is back is one", async () => {
  const { after } = await lifted({ kind: "error", error: "payment-required" }, always)
  expect(after).toEqual(["primary/key-1 quota-exhausted"])
})

test("a list of models that was never refused shows nothing: it may be there for everybody", async () => {
  expect(await lifted(undefined, always)).toEqual({ before: new Set(), after: [] })
  const down = await lifted({ kind: "error", error: "overloaded" }, always)
  expect(down).toEqual({ before: new Set(), after: [] })
})

test("a paid completion takes the key, and a balance", async () => {
  const { before, after } = await lifted({ kind: "error", error: "invalid-key" }, paid, onChat)
  expect(before).toEqual(new Set())
  expect(new Set(after)).toEqual(new Set(["primary/key-1 credential", "primary/key-1 quota-exhausted"]))
})
