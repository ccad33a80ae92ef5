import { createPipeline } from "@bellwether/core"
import { quota, QuotaExhausted, QuotaLow, QuotaRestored } from "@bellwether/quota"
import { ParkEnded, retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { startHostileProvider } from "@bellwether/testing"
import { describe, expect, test } from "vitest"

const body = JSON.stringify({
  model: "gpt-4o",
  max_tokens: 20,
  messages: [{ role: "user", content: "Why do sheep follow a bell?" }],
})

/** Two real providers; what the first has left is asked every 20 ms. */
async function setUp(dailyLimit?: number) {
  const primary = await startHostileProvider(dailyLimit === undefined ? {} : { quota: { dailyLimit } })
  const backup = await startHostileProvider()
  const quotas = quota({ usage: { primary: "daily" }, intervalMs: 20, timeoutMs: 2_000 })
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-primary" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-backup" },
    ],
    use: [quotas, retry({ backoff: () => 1 }), router({ rampMs: 0 })],
  })
  const told: string[] = []
  for (const type of [QuotaLow, QuotaExhausted, QuotaRestored])
    pipeline.on(type, ({ name }) => told.push(`${type.name} ${name}`))
  return {
    primary,
    backup,
    pipeline,
    quotas,
    told,
    async ask(): Promise<string> {
      const result = await pipeline.call({ path: "/chat/completions", method: "POST", body })
      if (!result.ok) return result.failure.code
      await result.response.text()
      return result.call.attempts.map(({ target }) => target.endpoint).join(" ")
    },
    heard: (name: string): Promise<void> =>
      new Promise((resolve) => {
        for (const type of [QuotaLow, QuotaExhausted, QuotaRestored])
          pipeline.on(type, () => type.name === name && resolve())
      }),
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await Promise.all([primary.close(), backup.close()])
    },
  }
}

describe("over real HTTP", () => {
  test("calls leave a provider whose day is used up, and none of them fails", async () => {
    await using stage = await setUp(500)
    await stage.pipeline.ready()
    expect(stage.quotas.snapshot().keys[0]).toMatchObject({ left: 500, limit: 500, parked: false })
    const exhausted = stage.heard("quota-exhausted")
    let by = ""
    do by = await stage.ask()
    while (by === "primary")
    // Whoever was first, the call or the question: it was answered.
    expect(["backup", "primary backup"]).toContain(by)
    await exhausted
    const before = stage.primary.requests.filter(({ route }) => route === "chat").length
    for (let call = 0; call < 20; call++) expect(await stage.ask()).toBe("backup")
    expect(stage.primary.requests.filter(({ route }) => route === "chat")).toHaveLength(before)
    expect(stage.primary.requests.find(({ route }) => route === "usage")).toMatchObject({
      key: "sk-primary",
      path: "/v1/usage",
    })
    expect(stage.quotas.snapshot().keys[0]).toMatchObject({ left: 0, parked: true })
  })

  test("and come back when its day begins anew", async () => {
    await using stage = await setUp()
    const usage = (used: number) =>
      stage.primary.inject(
        { kind: "status", status: 200, body: { daily_limit: 1_000, daily_used: used } },
        { route: "usage" },
      )
    usage(850)
    await stage.pipeline.ready()
    expect(await stage.ask()).toBe("primary")
    const exhausted = stage.heard("quota-exhausted")
    stage.primary.clear()
    usage(1_000)
    await exhausted
    expect(await stage.ask()).toBe("backup")
    const restored = stage.heard("quota-restored")
    stage.primary.clear()
    usage(0)
    await restored
    expect(await stage.ask()).toBe("primary")
    expect(stage.told).toEqual(
      ["quota-low", "quota-exhausted", "quota-restored"].map((name) => `${name} primary/key-1`),
    )
  })

  test("a key that calls found used up is back with the first usage that tells of more", async () => {
    await using stage = await setUp()
    const usage = (used: number) =>
      stage.primary.inject(
        { kind: "status", status: 200, body: { daily_limit: 1_000, daily_used: used } },
        { route: "usage" },
      )
    const ended = new Promise<string>((resolve) => {
      stage.pipeline.on(ParkEnded, ({ reason }) => resolve(reason))
    })
    // What a call needs is more than what is told to be left.
    usage(999)
    stage.primary.inject({ kind: "error", error: "insufficient-quota" }, { route: "chat" })
    await stage.pipeline.ready()
    expect([await stage.ask(), await stage.ask()]).toEqual(["primary backup", "backup"])
    stage.primary.clear()
    usage(0)
    expect(await ended).toBe("the provider tells of more quota than before")
    expect(await stage.ask()).toBe("primary")
  })

  test("a provider that never answers what is left holds nobody, and the close ends the question", async () => {
    await using stage = await setUp()
    stage.primary.inject({ kind: "black-hole" }, { route: "usage" })
    expect(await stage.ask()).toBe("primary")
    await stage.primary.until(({ requests }) => requests.some(({ route }) => route === "usage"))
    await stage.pipeline.close()
    await stage.primary.until(({ requests }) => requests.some(({ ending }) => ending === "aborted-by-client"))
  })
})
