import type { Plugin, Target } from "@bellwether/core"
import type { Fault } from "@bellwether/testing"
import { expect, test } from "vitest"
import { chat, stageOf } from "../../test/stage.ts"
import { createLoad } from "./load.ts"
import type { Load } from "./load.ts"

const streamed = JSON.stringify({ ...JSON.parse(chat("gpt-4o")), stream: true })

test("a call is under way until its body has ended", async () => {
  const { stage, underWay } = watched([])
  const call = stage.begin({ body: streamed })
  expect(underWay()).toBe(1)
  const result = await stage.clock.runUntil(call)
  expect(underWay()).toBe(1)
  if (!result.ok) throw result.error
  await stage.clock.runUntil(result.response.text())
  expect(underWay()).toBe(0)
})

test.each<readonly [string, readonly Fault[]]>([
  ["failed", [{ kind: "error", error: "server-error" }]],
  ["was cut", [{ kind: "stream-cut", afterContent: 2 }]],
  ["was given up", [{ kind: "latency", ms: 60_000 }]],
])("nothing is under way any more when a call %s", async (_title, faults) => {
  const { stage, underWay } = watched(faults)
  const caller = new AbortController()
  const calls = [1, 2, 3].map(() => stage.begin({ body: streamed, signal: caller.signal }))
  await stage.clock.advance(30_000)
  caller.abort()
  for (const result of await stage.clock.runUntil(Promise.all(calls)))
    if (result.ok) await stage.clock.runUntil(result.response.text().catch(() => ""))
  expect(underWay()).toBe(0)
})

function watched(faults: readonly Fault[]) {
  const seen: { readonly load: Load; readonly targets: readonly Target[] }[] = []
  const watcher: Plugin = {
    name: "watcher",
    setup: (services) => void seen.push({ load: createLoad(services), targets: services.targets }),
  }
  const stage = stageOf({ alpha: { script: [{ faults }] } }, { use: [watcher] })
  const underWay = (): number =>
    seen.flatMap(({ load, targets }) => targets.map(load.inFlight)).reduce((sum, count) => sum + count, 0)
  return { stage, underWay }
}
