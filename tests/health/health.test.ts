import { HealthChanged, ProbeEnded } from "@bellwether/health"
import { expect, test } from "vitest"
import { setUp } from "./stage.ts"

const ofPrimary = ({ scope }: { readonly scope: { readonly endpoint: string } }): boolean =>
  scope.endpoint === "primary"

test("completions fail while /models answers: no call is lost, nothing calls it healthy, and traffic comes back", async () => {
  await using stage = await setUp()
  stage.primary.inject({ kind: "error", error: "overloaded" }, { route: "chat" })
  const unhealthy = stage.heard(HealthChanged, (change) => ofPrimary(change) && change.to === "unhealthy")
  const answerers = new Set<string>()
  for (let time = 0; time < 10; time++) answerers.add(await stage.ask())
  expect(answerers).toEqual(new Set(["backup"]))
  expect(await unhealthy).toMatchObject({ scope: { endpoint: "primary", key: "key-1", model: "gpt-4o" } })
  await stage.heard(ProbeEnded, ({ result }) => result.target === "primary/key-1" && result.outcome === "up")
  expect(stage.health.snapshot()["primary/key-1"]?.models["gpt-4o"]).toBeDefined()
  stage.primary.clear()
  await stage.askUntil("primary")
})

test("a dead endpoint is found dead without a call, and found back", async () => {
  await using stage = await setUp()
  await stage.pipeline.ready()
  const down = stage.heard(HealthChanged, (change) => ofPrimary(change) && change.to === "unhealthy")
  await stage.primary.stop()
  expect((await down).reason).toMatch(/ECONNREFUSED/)
  expect(await stage.ask()).toBe("backup")
  const up = stage.heard(HealthChanged, (change) => ofPrimary(change) && change.to === "healthy")
  await stage.primary.restart()
  await up
  expect(await stage.ask()).toBe("primary")
})

test("a /models that hangs holds ready() up no longer than its limit, and takes the endpoint out of use", async () => {
  await using stage = await setUp({ probe: { timeoutMs: 100 } })
  stage.primary.inject({ kind: "black-hole" }, { route: "models" })
  const down = stage.heard(HealthChanged, (change) => ofPrimary(change) && change.to === "unhealthy")
  await stage.pipeline.ready()
  expect(stage.health.history()["primary/key-1"]).toMatchObject([{ outcome: "timeout" }])
  expect((await down).reason).toMatch(/no answer within 0\.1 s/)
  expect(await stage.ask()).toBe("backup")
  expect(stage.primary.requests.every(({ path }) => path === "/v1/models")).toBe(true)
})

test("a key that is refused is passed over, the other one is not", async () => {
  await using stage = await setUp({ primary: { keys: ["good"] }, keys: ["bad", "good"] })
  const refused = stage.heard(HealthChanged, (change) => ofPrimary(change) && change.to === "unhealthy")
  await stage.pipeline.ready()
  expect(await refused).toMatchObject({ scope: { endpoint: "primary", key: "key-1" } })
  expect(stage.health.snapshot()["primary/key-2"]?.state).toBe("healthy")
  for (let time = 0; time < 5; time++) expect(await stage.ask()).toBe("primary")
  expect(stage.primary.requests.filter(({ path }) => path !== "/v1/models").map(({ key }) => key)).toEqual(
    Array(5).fill("good"),
  )
})

test("when the pipeline closes, probes under way end and no other begins", async () => {
  await using stage = await setUp()
  stage.primary.inject({ kind: "black-hole" }, { route: "models" })
  const ready = stage.pipeline.ready()
  await stage.primary.until(({ inFlight }) => inFlight === 1)
  await stage.pipeline.close()
  await ready
  await stage.primary.until(({ inFlight }) => inFlight === 0)
  expect(stage.health.history()["primary/key-1"]).toEqual([])
})
