import { classifyResponse, type FailureClass } from "@bellwether/wire"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { exampleRequest } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"
import { providerErrorNames, providerErrors, type ProviderErrorName } from "../serving/error-reply.ts"

const dateMs = Date.UTC(2026, 10, 23, 12)

let provider: HostileProvider
beforeAll(async () => {
  provider = await startHostileProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.clear())

const ask = (path: string, headers: Record<string, string> = {}) => {
  const { body } = exampleRequest("chat")
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers } }
  return fetch(provider.origin + path, { ...init, body: JSON.stringify(body), redirect: "manual" })
}

const dialects = {
  openai: "/v1/chat/completions",
  azure: "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
  anthropic: "/v1/messages",
}

/** What each error means, by the failure table of the design. */
const meanings: Readonly<Record<ProviderErrorName, FailureClass>> = {
  "invalid-request": "caller-fault",
  "malformed-request": "caller-fault",
  "missing-model": "caller-fault",
  "prefill-unsupported": "caller-fault",
  "context-length": "context-length",
  "content-policy": "content-policy",
  "content-filter": "content-policy",
  "model-missing": "model-missing",
  "unknown-path": "caller-fault",
  "previous-response-missing": "caller-fault",
  "unknown-id": "caller-fault",
  "method-not-allowed": "caller-fault",
  conflict: "caller-fault",
  "too-large": "caller-fault",
  "unsupported-media": "caller-fault",
  unprocessable: "caller-fault",
  "missing-key": "credential",
  "invalid-key": "credential",
  "key-disabled": "credential",
  "permission-denied": "forbidden",
  "model-forbidden": "model-missing",
  moderation: "forbidden",
  region: "forbidden",
  firewall: "forbidden",
  "payment-required": "quota-exhausted",
  "insufficient-quota": "quota-exhausted",
  "balance-exhausted": "quota-exhausted",
  "rate-limited": "rate-limited",
  "too-many-at-once": "rate-limited",
  "request-timeout": "server-error",
  "server-error": "server-error",
  "bad-gateway": "server-error",
  unavailable: "overloaded",
  "gateway-timeout": "server-error",
  overloaded: "overloaded",
  "cloudflare-520": "server-error",
  "cloudflare-521": "server-error",
  "cloudflare-522": "server-error",
  "cloudflare-523": "server-error",
  "cloudflare-524": "server-error",
  "cloudflare-525": "server-error",
  "cloudflare-526": "server-error",
}

describe("errors of the catalogue", () => {
  const cases = providerErrorNames.flatMap((error) =>
    Object.entries(dialects).map(([dialect, path]) => ({ error, dialect, path })),
  )

  test.each(cases)(
    "$error as $dialect says it means what the failure table says",
    async ({ error, path }) => {
      provider.inject({ kind: "error", error })
      const response = await ask(path)
      const { status, headers } = response
      const body = await response.text()
      expect(classifyResponse({ status, headers, body }, dateMs).class).toBe(meanings[error])
    },
  )

  test.each(providerErrorNames)("%s has its status, and a body its content type tells of", async (error) => {
    provider.inject({ kind: "error", error })
    const response = await ask(dialects.openai)
    expect(response.status).toBe(providerErrors[error].status)
    const isHtml = "html" in providerErrors[error].openai
    expect(response.headers.get("content-type")).toContain(isHtml ? "text/html" : "application/json")
    expect(await response.text()).toMatch(isHtml ? /<html[^]*<\/html>\s*$/ : /^\{"(error|detail)":.*\}$/)
  })

  test("names model and key of the request, the key masked, whatever is in them", async () => {
    provider.inject({ kind: "error", error: "invalid-key" })
    const key = 'sk-"quoted"-secret-9876'
    const { error } = (await (await ask(dialects.openai, { authorization: `Bearer ${key}` })).json()) as {
      error: { message: string; code: string }
    }
    expect(error).toMatchObject({ code: "invalid_api_key", message: expect.stringContaining("sk-****9876") })
    expect(error.message).not.toContain("secret")
  })

  test("can say something else", async () => {
    provider.inject({ kind: "error", error: "server-error", message: "The sheep are asleep." })
    expect(await (await ask(dialects.openai)).json()).toMatchObject({
      error: { message: "The sheep are asleep.", type: "server_error" },
    })
  })
})

describe("hints about trying again", () => {
  const hints = [
    ["seconds", { "retry-after": "3" }],
    ["float-seconds", { "retry-after": "2.5" }],
    ["milliseconds", { "retry-after-ms": "2500" }],
    ["reset-requests", { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2.5s" }],
    ["reset-tokens", { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2.5s" }],
    ["garbage", { "retry-after": "soon" }],
    ["negative", { "retry-after": "-5" }],
    ["past-date", { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }],
    ["absurd", { "retry-after": "99999999999999999999" }],
    ["empty", { "retry-after": "" }],
  ] as const

  test.each(hints)("%s", async (as, expected) => {
    provider.inject({ kind: "error", error: "rate-limited", retryAfter: { as, ms: 2500 } })
    const { headers, status } = await ask(dialects.openai)
    expect(status).toBe(429)
    expect(Object.fromEntries(headers)).toMatchObject(expected)
  })

  test.each(["http-date", "anthropic-reset", "reset-epoch"] as const)("%s is a time to come", async (as) => {
    const before = Date.now()
    provider.inject({ kind: "error", error: "rate-limited", retryAfter: { as, ms: 90_000 } })
    const { headers } = await ask(dialects.openai)
    const told =
      headers.get("retry-after") ??
      headers.get("anthropic-ratelimit-requests-reset") ??
      Number(headers.get("x-ratelimit-reset"))
    expect(new Date(told).getTime()).toBeGreaterThanOrEqual(before + 90_000)
  })

  test.each([true, false])("x-should-retry can be %s", async (shouldRetry) => {
    provider.inject({ kind: "error", error: "server-error", shouldRetry })
    expect((await ask(dialects.openai)).headers.get("x-should-retry")).toBe(String(shouldRetry))
  })
})

describe("other answers", () => {
  test("any status with any body", async () => {
    provider.inject({ kind: "status", status: 418, body: { teapot: true }, headers: { "x-tea": "mint" } })
    const response = await ask(dialects.openai)
    expect([response.status, response.headers.get("x-tea"), await response.json()]).toEqual([
      418,
      "mint",
      { teapot: true },
    ])
  })

  test("a redirect leads to the same path of another origin, where the provider sees what follows", async () => {
    provider.inject({ kind: "redirect" }, { hits: 1 })
    const url = `${provider.baseURL}/models?page=2`
    const response = await fetch(url, { headers: { authorization: "Bearer secret", "api-key": "secret" } })
    expect(response.status).toBe(200)
    expect(new URL(response.url).origin).not.toBe(provider.origin)
    const [first, second] = provider.requests.slice(-2)
    expect(first).toMatchObject({ status: 307, query: { page: "2" } })
    expect(second).toMatchObject({ path: "/v1/models", query: { page: "2" }, status: 200 })
    expect(second?.headers["host"]).toBe(`localhost:${provider.port}`)
    // What fetch itself does: it drops the header it knows, and carries the other one abroad.
    expect(second?.headers["authorization"]).toBeUndefined()
    expect(second?.headers["api-key"]).toBe("secret")
  })

  test("a redirect can have another status and another aim", async () => {
    provider.inject({ kind: "redirect", status: 302, location: "https://elsewhere.example/v1" })
    const response = await ask(dialects.openai)
    expect([response.status, response.headers.get("location")]).toEqual([302, "https://elsewhere.example/v1"])
  })

  test("no content", async () => {
    provider.inject({ kind: "no-content" })
    const response = await ask(dialects.openai)
    expect([response.status, await response.text()]).toEqual([204, ""])
  })

  test("an impossible header becomes a 500 that says so", async () => {
    provider.inject({ kind: "status", status: 200, headers: { "x-broken": "line\nbreak" } })
    const response = await ask(dialects.openai)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain("x-broken")
  })
})
