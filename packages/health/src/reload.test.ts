import { describe, expect, test } from "vitest"
import { checksOf, stageOf } from "../test/stage.ts"
import type { Cast, Stage, StageOptions } from "../test/stage.ts"

const failing: Cast = { script: () => ({ kind: "error", error: "overloaded" }) }
const casts = { primary: failing, backup: {}, spare: {} }

/** The pipeline that takes the place of another, over providers of its own. */
const next = (
  { pipeline, clock }: Stage,
  of: Readonly<Record<string, Cast>> = casts,
  given: StageOptions = {},
): Stage => stageOf(of, { ...given, state: pipeline.state, clock })

describe("a pipeline that goes on with the state of another", () => {
  test("knows who is not well, says so on its board, and that it is no news", async () => {
    const first = stageOf(casts)
    await first.askTimes(3, "primary/key-1")
    expect(first.log).toEqual(["0 primary/key-1/gpt-4o healthy -> unhealthy"])
    const second = next(first)
    await first.pipeline.close()
    expect([second.log, second.said.map(({ verdict }) => verdict.status)]).toEqual([[], ["unavailable"]])
    expect(second.health.snapshot()).toEqual(first.health.snapshot())
  })

  test("lets time do its part", async () => {
    const first = stageOf(casts, { options: { probe: false } })
    await first.askTimes(3, "primary/key-1")
    const second = next(first, casts, { options: { probe: false } })
    await first.pipeline.close()
    await second.clock.advance(5_000)
    expect(second.log).toEqual(["5000 primary/key-1/gpt-4o unhealthy -> degraded"])
  })

  test("judges by its own options", async () => {
    const first = stageOf(casts)
    await first.askTimes(2, "primary/key-1")
    const second = next(first, casts, { options: { failuresToUnhealthy: 3 } })
    await second.ask("primary/key-1")
    expect(second.log).toEqual(["0 primary/key-1/gpt-4o healthy -> unhealthy"])
  })

  test("has the probes of the other in its history, and does not ask again at once", async () => {
    const first = stageOf(casts)
    await first.clock.runUntil(first.pipeline.ready())
    const second = next(first)
    await first.pipeline.close()
    await second.clock.runUntil(second.pipeline.ready())
    expect(second.health.history()).toEqual(first.health.history())
    expect(second.health.history()["backup/key-1"]).toHaveLength(1)
  })

  test("forgets a target with another key", async () => {
    const first = stageOf(casts)
    await first.askTimes(3, "primary/key-1")
    const second = next(first, { ...casts, primary: { ...failing, keys: ["sk-other"] } })
    expect([first.said.length, second.said.length]).toEqual([1, 0])
    await first.askTimes(3, "primary/key-1")
    expect([second.said, second.log]).toEqual([[], []])
  })
})

describe("while both pipelines live", () => {
  test("what calls of one tell, both know and tell", async () => {
    const first = stageOf(casts)
    const second = next(first)
    await first.askTimes(3, "primary/key-1")
    expect([first.log, second.log]).toEqual([
      ["0 primary/key-1/gpt-4o healthy -> unhealthy"],
      ["0 primary/key-1/gpt-4o healthy -> unhealthy"],
    ])
  })

  test("the newer one probes, until it is closed", async () => {
    const options = { probe: { intervalMs: 10_000, always: true } }
    const first = stageOf(casts, { options })
    await first.clock.runUntil(first.pipeline.ready())
    const second = next(first, casts, { options })
    await second.clock.runUntil(second.pipeline.ready())
    const asked = ({ providers: { backup } }: Stage) => (backup === undefined ? 0 : checksOf(backup).length)
    const before = asked(first)
    await first.clock.advance(100_000)
    expect([asked(first) - before, asked(second) > 5]).toEqual([0, true])
    await second.pipeline.close()
    const after = asked(second)
    await first.clock.advance(100_000)
    expect([asked(second) - after, asked(first) - before > 5]).toEqual([0, true])
  })
})

test("reloads in a row do not put off the next round", async () => {
  let stage = stageOf({ backup: {} })
  await stage.clock.runUntil(stage.pipeline.ready())
  let asked = 0
  for (let reload = 0; reload < 10; reload++) {
    const newer = next(stage, { backup: {} })
    await stage.pipeline.close()
    stage = newer
    void stage.pipeline.ready()
    await stage.clock.advance(10_000)
    asked += stage.providers.backup === undefined ? 0 : checksOf(stage.providers.backup).length
  }
  expect(asked).toBeGreaterThanOrEqual(2)
})

test("nothing of a pipeline is left when it is closed", async () => {
  const first = stageOf(casts)
  await first.askTimes(3, "primary/key-1")
  const second = next(first)
  await second.clock.runUntil(second.pipeline.ready())
  await first.pipeline.close()
  await second.pipeline.close()
  expect(second.clock.pending).toBe(0)
})
