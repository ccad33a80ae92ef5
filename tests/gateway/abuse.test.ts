import { describe, expect, test } from "vitest"
import { question, setUp } from "./stage.ts"
import type { Stage } from "./stage.ts"

const post = (
  { baseURL }: Stage,
  {
    key,
    body = JSON.stringify(question),
    ...headers
  }: { key: string; body?: string; [name: string]: string },
): Promise<Response> =>
  fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}`, ...headers },
    body,
  })

test("two hundred calls at once do not overrun a budget, whatever they say of themselves", async () => {
  const budgets = [{ limit: { requests: 5 }, per: "day" as const }]
  await using stage = await setUp({ gateway: { keys: [{ id: "team", value: "vk-team", budgets }] } })
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async (_, place) => {
      const said = [
        {},
        { "x-bellwether-caller": `other-${place}` },
        { "x-bellwether-tag": `tag-${place}` },
        { "x-api-key": `other-${place}`, "x-forwarded-for": `10.0.0.${place}` },
      ][place % 4]
      const response = await post(stage, { key: "vk-team", ...said })
      await response.arrayBuffer()
      return response.status
    }),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(5)
  expect(statuses.filter((status) => status === 429)).toHaveLength(195)
  expect(stage.primary.requests).toHaveLength(5)
})

describe("a body made to break whoever reads it", () => {
  const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000)

  test.each([
    ["a hundred thousand arrays", `{"model":"gpt-4o","messages":${deep("[", "]")}}`],
    [
      "a hundred thousand objects",
      `{"model":"gpt-4o","messages":[],"x":${deep('{"a":', "}").replace(":}", ":1}")}}`,
    ],
    ["a text of twenty million letters", `{"model":"gpt-4o","messages":[],"x":"${"x".repeat(20_000_000)}"}`],
    ["millions of escapes", `{"model":"gpt-4o","messages":[],"x":"${"\\\\".repeat(2_000_000)}"}`],
  ])("of %s is no fault of ours", async (_, body) => {
    const budgets = [{ limit: { tokens: 1e9 }, per: "day" as const }]
    const keys = [{ id: "team", value: "vk-team", models: ["gpt-4o"], budgets }]
    await using stage = await setUp({ gateway: { keys } })
    const response = await post(stage, { key: "vk-team", body })
    expect(response.status).toBeLessThan(500)
    expect(stage.primary.requests).toHaveLength(1)
    expect(stage.lines.filter(({ level }) => level === "error")).toEqual([])
  })
})

test("hundreds who watch the status take no more than they may, and make room when they leave", async () => {
  await using stage = await setUp()
  const watch = () => fetch(`${stage.origin}/status/events`)
  const viewers = await Promise.all(Array.from({ length: 300 }, watch))
  expect(viewers.filter(({ ok }) => ok)).toHaveLength(100)
  for (const { body } of viewers) await body?.cancel()
  const statusOf = async (): Promise<number> => {
    const { status, body } = await watch()
    await body?.cancel()
    return status
  }
  await expect.poll(statusOf).toBe(200)
})

test("what callers ask and providers answer is in no log, no metric and no status", async () => {
  const secrets = ["sk-planted-provider", "vk-planted-caller", "planted-prompt", "planted-answer"]
  const [providerKey = "", callerKey = "", prompt = "", answer = ""] = secrets
  const fault = {
    kind: "status",
    status: 500,
    body: JSON.stringify({ error: { message: secrets.join(), code: answer } }),
  } as const
  await using stage = await setUp({
    faults: [fault],
    providers: { answer: () => answer },
    gateway: { keys: [{ id: "team", value: callerKey }] },
  })
  const { endpoints } = stage.config.options
  stage.gateway.reload({
    ...stage.config,
    options: { ...stage.config.options, endpoints: endpoints.map((each) => ({ ...each, key: providerKey })) },
  })
  const body = JSON.stringify({
    model: "gpt-4o",
    user: prompt,
    messages: [{ role: "user", content: prompt }],
  })
  for (let count = 0; count < 8; count++) await (await post(stage, { key: callerKey, body })).text()
  const told = await Promise.all(
    ["/status.json", "/metrics", "/readyz"].map(async (path) => (await fetch(stage.origin + path)).text()),
  )
  expect(stage.lines.length).toBeGreaterThan(0)
  for (const secret of secrets)
    expect([...told, JSON.stringify(stage.lines)].join("\n")).not.toContain(secret)
})
