import { QuotaLevels } from "@bellwether/core"
import type { Plugin } from "@bellwether/core"
import { expect, test } from "vitest"
import { stageOf } from "../test/stage.ts"

test("other plugins are told what is left of keys that were told of, and of budgets", async () => {
  let levels = QuotaLevels.fallback
  const reader: Plugin = {
    name: "reader",
    setup: ({ use }) => ({ start: () => void (levels = use(QuotaLevels)()) }),
  }
  const { clock, pipeline, ask } = stageOf({
    endpoints: [{ id: "primary" }, { id: "backup" }],
    usage: { primary: () => ({ left: 20, limit: 80, unit: "requests" }), backup: () => undefined },
    budgets: [
      { limit: { requests: 4 }, per: "hour", name: "all" },
      { limit: { requests: 9 }, per: "day", scope: "tag", name: "each" },
    ],
    use: [reader],
  })
  await clock.runUntil(pipeline.ready())
  await ask({ tag: "search" })
  expect(levels.all()).toEqual([
    { source: "provider", name: "primary/key-1", unit: "requests", left: 20, limit: 80 },
    expect.objectContaining({ source: "budget", name: "all", unit: "requests", left: 3, limit: 4 }),
    expect.objectContaining({ source: "budget", name: "each", subject: "search", left: 8, limit: 9 }),
  ])
})
