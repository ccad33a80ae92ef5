import { describe, expect, test } from "vitest"
import { raw, statusOf } from "./raw.ts"
import { setUp } from "./stage.ts"

const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] })

const head = (lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n`

const host = "Host: localhost"
const close = "Connection: close"

describe("a request that is not what it seems", () => {
  test.each([
    ["an address of another host", ["GET http://evil.example/v1/models HTTP/1.1", host, close], 400],
    ["a path that is one for browsers", ["GET //evil.example/v1/models HTTP/1.1", host, close], 400],
    ["a step up", ["GET /v1/../../admin HTTP/1.1", host, close], 400],
    ["an encoded step up", ["GET /v1/%2e%2e/admin HTTP/1.1", host, close], 400],
    ["a step up behind an encoded slash", ["GET /v1/files%2f..%2f..%2fadmin HTTP/1.1", host, close], 400],
    ["a step up that is encoded twice", ["GET /v1/%252e%252e/admin HTTP/1.1", host, close], 400],
    ["a backslash", ["GET /v1/\\..\\admin HTTP/1.1", host, close], 400],
    ["a line break in the path", ["GET /v1/models%0d%0aX-Evil:1 HTTP/1.1", host, close], 400],
    ["the name of another host", ["GET /v1/models HTTP/1.1", "Host: rebound.example", close], 403],
    [
      "a page of another origin",
      ["POST /v1/chat/completions HTTP/1.1", host, "Origin: https://evil.example", close],
      403,
    ],
    ["another method", ["TRACE /v1/models HTTP/1.1", host, close], 405],
    [
      "a length and chunks",
      ["POST /v1/chat/completions HTTP/1.1", host, "Content-Length: 4", "Transfer-Encoding: chunked", close],
      400,
    ],
    [
      "two lengths",
      ["POST /v1/chat/completions HTTP/1.1", host, "Content-Length: 4", "Content-Length: 5", close],
      400,
    ],
    ["a broken header", ["GET /v1/models HTTP/1.1", host, "X-A : b", close], 400],
    [
      "an upgrade to a WebSocket",
      ["GET /v1/realtime HTTP/1.1", host, "Connection: Upgrade, close", "Upgrade: websocket"],
      501,
    ],
  ])("by %s is refused, and no provider hears of it", async (_, lines, status) => {
    await using stage = await setUp()
    const answer = await raw(stage.origin, head(lines))
    expect(statusOf(answer)).toBe(status)
    expect([...stage.primary.requests, ...stage.backup.requests]).toEqual([])
  })
})

test("what a caller shows of itself stays here", async () => {
  await using stage = await setUp()
  const answer = await raw(
    stage.origin,
    head([
      "POST /v1/chat/completions HTTP/1.1",
      host,
      "Authorization: Bearer sk-callers-own",
      "X-Api-Key: sk-callers-own",
      "Cookie: session=callers-own",
      "Connection: close, X-Hop",
      "X-Hop: callers-own",
      "X-Forwarded-For: 10.0.0.1",
      "Forwarded: for=10.0.0.1",
      "Via: 1.1 callers-own",
      "Proxy-Authorization: Basic callers-own",
      "OpenAI-Organization: callers-own",
      "X-Bellwether-Caller: somebody",
      "X-Kept: kept",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
    ]) + body,
  )
  expect(statusOf(answer)).toBe(200)
  const [received] = stage.primary.requests
  expect(JSON.stringify(received?.headers)).not.toMatch(/callers-own|10\.0\.0\.1|somebody/)
  expect(received?.headers["x-kept"]).toBe("kept")
  expect(received?.key).toBe("sk-primary")
})

test("what a provider says to browsers stays there", async () => {
  await using stage = await setUp({
    faults: [
      {
        kind: "status",
        status: 200,
        body: JSON.stringify({ id: "x", object: "model" }),
        headers: {
          "content-type": "application/json",
          "set-cookie": "session=providers-own",
          "access-control-allow-origin": "*",
          "strict-transport-security": "max-age=1",
          "x-bellwether-target": "forged/key-1",
          "x-own": "kept",
        },
      },
    ],
  })
  const { headers } = await fetch(`${stage.baseURL}/models/gpt-4o`)
  for (const name of ["set-cookie", "access-control-allow-origin", "strict-transport-security"])
    expect(headers.get(name)).toBeNull()
  expect(headers.get("x-bellwether-target")).toBe("primary/key-1")
  expect(headers.get("x-own")).toBe("kept")
  expect(headers.get("content-security-policy")).toContain("sandbox")
})

test("a page of an origin that was named may call, and ask for leave first", async () => {
  await using stage = await setUp({ gateway: { cors: ["https://app.example"] } })
  const url = `${stage.baseURL}/chat/completions`
  const asked = await fetch(url, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-headers": "authorization" },
  })
  expect(asked.status).toBe(204)
  expect(asked.headers.get("access-control-allow-headers")).toBe("authorization")
  const headers = { origin: "https://app.example", "content-type": "application/json" }
  const called = await fetch(url, { method: "POST", headers, body })
  expect(called.status).toBe(200)
  expect(called.headers.get("access-control-allow-origin")).toBe("https://app.example")
  const other = await fetch(url, { method: "OPTIONS", headers: { origin: "https://evil.example" } })
  expect(other.status).toBe(403)
})

test("a redirect of a provider is not followed to another origin", async () => {
  await using stage = await setUp({ faults: [{ kind: "redirect" }] })
  const answered = await fetch(`${stage.baseURL}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  })
  expect(answered.headers.get("x-bellwether-target")).toBe("backup/key-1")
})
