import type { CallResult } from "@bellwether/core"
import { exportTrails, logging } from "@bellwether/logging"
import type { LoggingOptions, TrailLine } from "@bellwether/logging"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import { expect, test } from "vitest"

/** An outage of the primary under the default stack, told to a logger as pino is one if nothing else is said. */
function opened(options: Pick<LoggingOptions, "order" | "level"> = {}) {
  const clock = virtualClock({ date: Date.UTC(2026, 0) })
  const primary = scriptedProvider({ clock, origin: "https://primary.test", latencyMs: 100 })
  const backup = scriptedProvider({ clock, origin: "https://backup.test", latencyMs: 100 })
  const told: string[] = []
  const trails: TrailLine[] = []
  const at =
    (level: string) =>
    (...[first, second]: [object, string] | [string, object]): void => {
      const [fields, words] = typeof first === "object" ? [first, second] : [second as object, first]
      told.push(JSON.stringify({ level, words, ...fields, order: typeof first }))
    }
  const pipeline = bellwether({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-planted-primary" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-planted-backup" },
    ],
    use: [
      logging({
        logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
        ...options,
      }),
      exportTrails({ write: (lines) => void trails.push(...lines.trim().split("\n").map(parse)), oneIn: 10 }),
    ],
    fetch: scriptedFetch(primary, backup),
    clock,
    random: seededRandom(7),
  })
  const body = JSON.stringify({
    model: "gpt-4o",
    messages: [{ role: "user", content: "A planted question." }],
  })
  const begin = async (): Promise<CallResult> => {
    const result = await pipeline.call({ method: "POST", path: "/chat/completions", body })
    if (result.ok) await result.response.text()
    return result
  }
  async function ask(times: number): Promise<number> {
    let lost = 0
    for (let turn = 0; turn < times; turn++) {
      if (!(await clock.runUntil(begin())).ok) lost++
      await clock.advance(500)
    }
    return lost
  }
  return { clock, primary, told, trails, ask, pipeline }
}

const parse = (line: string): TrailLine => JSON.parse(line) as TrailLine

test("a day without trouble is no line, and one trail in ten", async () => {
  const { ask, told, trails } = opened()
  expect(await ask(300)).toBe(0)
  expect(told).toEqual([])
  expect(trails.length).toBeGreaterThan(10)
  expect(trails.length).toBeLessThan(60)
})

test("an outage is a line per change, not per call; all its failovers have a trail; nothing planted is told", async () => {
  const { ask, told, trails, primary } = opened()
  await ask(20)
  const outage = primary.inject({ kind: "error", error: "overloaded" })
  expect(await ask(120)).toBe(0)
  outage.remove()
  expect(await ask(240)).toBe(0)
  const events = told.map((line) => (JSON.parse(line) as { event: string }).event)
  expect(events).toContain("circuit-opened")
  expect(events).toContain("circuit-closed")
  expect(events.length).toBeLessThan(40)
  const moved = trails.filter(({ attempts }) => attempts.length > 1)
  expect(moved.length).toBeGreaterThan(3)
  for (const { standsFor, trail } of moved) {
    expect(standsFor).toBe(1)
    expect(trail.map(({ step }) => step)).toContain("attempt-failed")
  }
  expect([...told, JSON.stringify(trails)].join("")).not.toContain("planted")
})

test("a logger as console is one is told in sentences, of single calls too if it asks; of nothing planted either", async () => {
  const { ask, told, primary } = opened({ order: "words-first", level: "debug" })
  const outage = primary.inject({ kind: "error", error: "overloaded" })
  await ask(120)
  outage.remove()
  const lines = told.map((line) => JSON.parse(line) as Readonly<Record<string, string>>)
  expect(lines.filter(({ event }) => event === "call-ended")).toHaveLength(120)
  for (const { order, words } of lines)
    expect({ order, words }).toEqual({
      order: "string",
      words: expect.stringMatching(/^[A-Z].*[a-z0-9)]\.$/),
    })
  const ofCalls = lines.filter(({ event = "" }) => /^(call|attempt)-/.test(event))
  expect(new Set(ofCalls.map(({ level }) => level))).toEqual(new Set(["debug"]))
  expect(lines.find(({ event }) => event === "circuit-opened")?.["words"]).toMatch(
    /^A circuit opened: primary\/key-1, gpt-4o, for \d+(\.\d)? s; .*overloaded/,
  )
  expect(told.join("")).not.toContain("planted")
})
