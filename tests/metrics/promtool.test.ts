import { spawnSync } from "node:child_process"
import { bellwether } from "bellwether"
import { defineEvent } from "@bellwether/core"
import { priceList } from "@bellwether/cost"
import { metrics, prometheusText } from "@bellwether/metrics"
import type { MetricFamily } from "@bellwether/metrics"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import { expect, test } from "vitest"

const promtool = process.env["PROMTOOL"] ?? "promtool"
const isThere = spawnSync(promtool, ["--version"]).error === undefined

const models = ["gpt-4o", 'my "own"\\model\n', "名前🐑", ...Array<string>(5).fill("gpt-4o")]

/** Of a pipeline in which all there is to tell has happened. */
async function familiesOf(name: string): Promise<readonly MetricFamily[]> {
  const clock = virtualClock()
  const down = { kind: "status", status: 500 } as const
  const primary = scriptedProvider({ clock, origin: "https://primary.test", script: [down] })
  const backup = scriptedProvider({ clock, origin: "https://backup.test", tokensPerSecond: 10 })
  const stats = metrics({ labels: { pipeline: name } })
  const pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-1" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-2" },
    ],
    fetch: scriptedFetch(primary, backup),
    clock,
    metrics: false,
    circuitBreaker: { consecutiveFailures: 2 },
    quota: {
      usage: { primary: () => ({ left: 30, limit: 120, unit: "requests" }) },
      budgets: [{ limit: { requests: 1_000 }, per: "hour" }],
    },
    cost: { prices: priceList({ "gpt-4o": { input: 2, output: 8 } }) },
    use: [
      stats,
      {
        name: "waits",
        setup: ({ emit, on }) =>
          void on(defineEvent<object>("call-started"), (told) =>
            emit(defineEvent("call-waited"), { ...told, waitMs: 7 }),
          ),
      },
    ],
  })
  await clock.runUntil(pipeline.ready())
  for (const model of models) {
    const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Why?" }] })
    const asking = pipeline.call({ method: "POST", path: "/chat/completions", body })
    await clock.runUntil(asking.then((result) => (result.ok ? result.response.text() : undefined)))
  }
  await pipeline.close()
  return stats.families()
}

test.skipIf(!isThere)(
  "promtool finds nothing wrong with the metrics (skipped where it is not installed)",
  async () => {
    const names = ["search", 'a "quoted" \\ name\n']
    const all = (await Promise.all(names.map(familiesOf))).flat()
    const input = prometheusText(all)
    expect(all.filter(({ samples }) => samples.length === 0).map(({ name }) => name)).toEqual([])
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], { input, encoding: "utf8" })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" })
  },
)
