import { GateClosed } from "@bellwether/retry"
import type { RetryHint, RetryHintForm } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"
import { fault } from "./trouble.ts"
import type { Trouble } from "./trouble.ts"

/** A 429 that says when to come back, to so many requests. */
const hinted = (retryAfter: RetryHint, hits = Number.MAX_SAFE_INTEGER): Trouble =>
  fault("a 429 with a hint", {
    kind: "error",
    error: "rate-limited",
    message: "Slow down.",
    retryAfter,
    when: { hits },
  })

/** Milliseconds between the requests that came to the first endpoint. */
const gaps = ({ a }: Stage): readonly number[] =>
  a.requests
    .slice(1)
    .map(({ startedAtMs }, index) => startedAtMs - (a.requests[index]?.startedAtMs ?? Number.NaN))

const readable: readonly RetryHintForm[] = [
  "seconds",
  "float-seconds",
  "http-date",
  "milliseconds",
  "reset-requests",
  "reset-tokens",
  "reset-epoch",
  "anthropic-reset",
]

const unreadable: readonly RetryHintForm[] = ["garbage", "negative", "past-date", "absurd", "empty"]

describe.concurrent("law 3: Retry-After is a lower bound", () => {
  test.each(readable)("a sole target is not asked again before the time named as %s", async (as) => {
    await using stage = await setUp({ setting: "sole", struck: [["a1", hinted({ as, ms: 20_000 }, 1)]] })
    const { result } = await stage.call("chat")
    expect(result.ok).toBe(true)
    expect(stage.asked).toBe("a1 a1")
    expect(gaps(stage)[0]).toBeGreaterThanOrEqual(20_000)
  })

  test.each(unreadable)("a hint that is %s is survived", async (as) => {
    await using stage = await setUp({ setting: "sole", struck: [["a1", hinted({ as }, 1)]] })
    const { result } = await stage.call("chat")
    expect(result.ok).toBe(true)
    expect(stage.asked).toBe("a1 a1")
  })

  test("a sole target is waited for up to a minute", async () => {
    const trouble = hinted({ as: "seconds", ms: 59_000 }, 2)
    await using stage = await setUp({ setting: "sole", struck: [["a1", trouble]] })
    const { result } = await stage.call("chat")
    expect(result.ok).toBe(true)
    expect(Math.min(...gaps(stage))).toBeGreaterThanOrEqual(59_000)
  })

  test("a sole target that wants two minutes is left alone, and the caller is told", async () => {
    const trouble = hinted({ as: "seconds", ms: 120_000 })
    await using stage = await setUp({ setting: "sole", struck: [["a1", trouble]] })
    const { response } = await stage.call("chat")
    expect(stage.asked).toBe("a1")
    expect(response.status).toBe(429)
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(120)
  })

  test("where others are left, a short hint is waited for before the call goes down a tier", async () => {
    const trouble = hinted({ as: "seconds", ms: 2_000 })
    await using stage = await setUp({ setting: "several", struck: [["a1 a2", trouble]] })
    await stage.call("chat")
    expect(stage.asked).toBe("a1 a2 a2 b1")
    expect(gaps(stage)[1]).toBeGreaterThanOrEqual(2_000)
  })

  test("where others are left, a long hint means to move on", async () => {
    const trouble = hinted({ as: "seconds", ms: 55_000 })
    await using stage = await setUp({ setting: "several", struck: [["a1 a2", trouble]] })
    await stage.call("chat")
    expect(stage.asked).toBe("a1 a2 b1")
  })

  test("the hint one call got holds for all", async () => {
    const trouble = hinted({ as: "seconds", ms: 20_000 }, 1)
    await using stage = await setUp({ setting: "sole", struck: [["a1", trouble]] })
    const closed = new Promise((resolve) => stage.pipeline.on(GateClosed, resolve))
    const first = stage.call("chat")
    await closed
    const gots = await Promise.all([first, stage.call("chat"), stage.call("responses")])
    expect(gots.map(({ result }) => result.ok)).toEqual([true, true, true])
    expect(stage.asked).toBe("a1 a1 a1 a1")
    expect(gaps(stage)[0]).toBeGreaterThanOrEqual(20_000)
  })
})
