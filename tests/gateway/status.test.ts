import { createGateway } from "@bellwether/gateway"
import type { Status } from "@bellwether/gateway"
import OpenAI from "openai"
import { describe, expect, test } from "vitest"
import { question, setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"

const token = "st-operator"

const clientOf = ({ baseURL }: Stage): OpenAI => new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 })

const readStatus = async (stage: Stage): Promise<Status> =>
  (await (await fetch(`${stage.origin}/status.json`)).json()) as Status

const act = (stage: Stage, body: object, headers: Record<string, string>): Promise<Response> =>
  fetch(`${stage.origin}/status/actions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  })

const bearer = { authorization: `Bearer ${token}` }

describe("the status", () => {
  test("tells of an outage: the circuit, its reason, the failover and its trail", async () => {
    await using stage = await setUp({ faults: [{ kind: "error", error: "server-error" }] })
    for (let count = 0; count < 4; count++) await clientOf(stage).chat.completions.create(question)
    const status = await readStatus(stage)
    expect(status.totals).toMatchObject({ total: 4, successful: 4, failed: 0 })
    expect(status.totals.failovers).toBeGreaterThan(0)
    const [primary, backup] = status.endpoints
    expect(primary).toMatchObject({
      id: "primary",
      availability: "unavailable",
      failures: { "server-error": 5 },
    })
    expect(primary?.keys[0]).toMatchObject({ circuit: "open", availability: "unavailable" })
    expect(primary?.keys[0]?.reason).toContain("gpt-4o: circuit open")
    expect(primary?.keys[0]?.untilAtMs).toBeGreaterThan(status.nowMs)
    expect(backup).toMatchObject({ availability: "available", successful: 4 })
    expect(status.troubles[0]).toMatchObject({ operation: "chat", state: "answered", served: "backup/key-1" })
    expect(status.troubles[0]?.steps.map(({ words }) => words)).toContain("backup/key-1 answered to the end")
    expect(status.history.calls.total.at(-1)! + (status.history.calls.total.at(-2) ?? 0)).toBe(4)
  })

  test("tells of gates and parks", async () => {
    await using stage = await setUp({ faults: [{ kind: "error", error: "invalid-key" }] })
    await clientOf(stage).chat.completions.create(question)
    const { endpoints } = await readStatus(stage)
    expect(endpoints[0]?.keys[0]?.parks).toMatchObject([{ cause: "credential", model: null }])
    expect(endpoints[0]?.keys[0]?.parks[0]?.reason).toContain("refuses the key")
  })

  test("comes anew each second to whoever watches", async () => {
    await using stage = await setUp()
    const gone = new AbortController()
    const { body } = await fetch(`${stage.origin}/status/events`, { signal: gone.signal })
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ""
    while ((text.match(/\n\n/g) ?? []).length < 2) text += (await reader.read()).value
    const [first, second] = text
      .split("\n\n", 2)
      .map((event) => JSON.parse(event.slice("data: ".length)) as Status)
    expect(second!.nowMs).toBeGreaterThan(first!.nowMs)
    gone.abort()
  })

  test("is ready while any target takes calls, and not when none does", async () => {
    await using stage = await setUp({ gateway: { status: { token } } })
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(200)
    for (const endpoint of ["primary", "backup"]) await act(stage, { action: "force-open", endpoint }, bearer)
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(503)
  })

  test("has its numbers for Prometheus", async () => {
    await using stage = await setUp()
    await clientOf(stage).chat.completions.create(question)
    const answered = await fetch(`${stage.origin}/metrics`)
    expect(answered.headers.get("content-type")).toContain("text/plain")
    expect(await answered.text()).toContain('bellwether_calls_total{model="gpt-4o",outcome="success"} 1')
  })
})

describe("actions", () => {
  test("are off without a token", async () => {
    await using stage = await setUp()
    const answered = await act(stage, { action: "drain", endpoint: "primary" }, bearer)
    expect(answered.status).toBe(403)
    expect((await readStatus(stage)).actions.mode).toBe("off")
  })

  test("need the token", async () => {
    await using stage = await setUp({ gateway: { status: { token } } })
    const drain = { action: "drain", endpoint: "primary" }
    expect((await act(stage, drain, {})).status).toBe(401)
    expect((await act(stage, drain, { authorization: "Bearer st-guessed" })).status).toBe(401)
    for (let count = 0; count < 10; count++) await act(stage, drain, { authorization: "Bearer st-guessed" })
    expect((await act(stage, drain, { authorization: "Bearer st-guessed" })).status).toBe(429)
    expect(stage.gateway.pipeline.inspect().targets[0]?.verdict.status).toBe("available")
  })

  test("take an endpoint out of use and back into it, for real calls", async () => {
    await using stage = await setUp({ gateway: { status: { token } } })
    const servedBy = async (): Promise<string | null> => {
      const { response } = await clientOf(stage).chat.completions.create(question).withResponse()
      return response.headers.get("x-bellwether-target")
    }
    for (const [out, back] of [
      ["drain", "release"],
      ["force-open", "force-close"],
    ]) {
      expect((await act(stage, { action: out, endpoint: "primary", reason: "moving" }, bearer)).status).toBe(
        200,
      )
      expect(await servedBy()).toBe("backup/key-1")
      const { endpoints } = await readStatus(stage)
      expect(endpoints[0]?.keys[0]).toMatchObject({ circuit: "forced-open", availability: "unavailable" })
      expect((await act(stage, { action: back, endpoint: "primary" }, bearer)).status).toBe(200)
      await expect.poll(servedBy).toBe("primary/key-1")
    }
    expect((await act(stage, { action: "release", endpoint: "primary" }, bearer)).status).toBe(409)
  })

  test("that nobody knows, or of endpoints that nobody knows, are refused in words", async () => {
    await using stage = await setUp({ gateway: { status: { token } } })
    expect((await act(stage, { action: "explode", endpoint: "primary" }, bearer)).status).toBe(400)
    expect((await act(stage, { action: "drain", endpoint: "nobody" }, bearer)).status).toBe(404)
    expect((await act(stage, { action: "drain", endpoint: "primary", key: "no" }, bearer)).status).toBe(404)
  })

  test("by cookie need the second token, and none works from another origin", async () => {
    await using stage = await setUp({ gateway: { status: { token } } })
    const url = `${stage.origin}/status/session`
    const entered = await fetch(url, { method: "POST", body: JSON.stringify({ token }) })
    const { csrf } = (await entered.json()) as { readonly csrf: string }
    const [cookie = ""] = entered.headers.get("set-cookie")!.split(";")
    expect(entered.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Strict/)
    const probe = { action: "force-open", endpoint: "primary" }
    expect((await act(stage, probe, { cookie })).status).toBe(403)
    expect((await act(stage, probe, { cookie, "x-csrf-token": "guessed" })).status).toBe(403)
    const evil = { cookie, "x-csrf-token": csrf, origin: "https://evil.example" }
    expect((await act(stage, probe, evil)).status).toBe(403)
    expect((await act(stage, probe, { cookie, "x-csrf-token": csrf })).status).toBe(200)
    await fetch(url, { method: "DELETE", headers: { cookie } })
    expect((await act(stage, probe, { cookie, "x-csrf-token": csrf })).status).toBe(401)
  })

  test("probe an endpoint", async () => {
    await using stage = await setUp({ gateway: { status: { token } }, options: { health: {} } })
    const answered = await act(stage, { action: "probe", endpoint: "backup" }, bearer)
    expect(await answered.json()).toMatchObject({
      message: expect.stringContaining("backup/key-1: HTTP 200"),
    })
  })
})

describe("off loopback", () => {
  const keys = [{ id: "team", value: "vk" }]
  const open = async (status: object) => {
    const stage = await setUp()
    const gateway = createGateway({
      config: { ...stage.config, gateway: { host: "0.0.0.0", port: 0, keys, status } },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    })
    const { url } = await gateway.listen()
    return {
      url,
      async [Symbol.asyncDispose]() {
        await gateway.close()
        await stage[Symbol.asyncDispose]()
      },
    }
  }

  test.each(["/status.json", "/status/events", "/metrics"])("%s needs the token", async (path) => {
    await using closed = await open({})
    const refused = await fetch(closed.url + path)
    expect(refused.status).toBe(403)
    expect(await refused.text()).toContain("gateway.status.token")
    await using locked = await open({ token })
    expect((await fetch(locked.url + path)).status).toBe(401)
    const shown = await fetch(locked.url + path, { headers: bearer })
    expect(shown.status).toBe(200)
    await shown.body?.cancel()
  })
})
