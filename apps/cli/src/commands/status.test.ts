import { createGateway } from "@bellwether/gateway"
import type { Gateway, GatewayConfig, Status } from "@bellwether/gateway"
import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule, HostileProviderOptions } from "@bellwether/testing"
import { afterEach, describe, expect, test, vi } from "vitest"
import { testTerminal } from "../../test/terminal.ts"
import { run } from "../run.ts"

const never = new AbortController().signal
const ill: HostileProviderOptions = { faults: [{ kind: "error", error: "server-error" }] }

/** A gateway on loopback in front of two providers. */
interface Stage extends AsyncDisposable {
  readonly gateway: Gateway
  readonly url: string
}

async function stage(
  manners: readonly [HostileProviderOptions, HostileProviderOptions] = [{}, {}],
  settings: GatewayConfig["gateway"] = {},
): Promise<Stage> {
  const [primary, backup] = await Promise.all([
    startHostileProvider(manners[0]),
    startHostileProvider(manners[1]),
  ])
  const gateway = createGateway({
    log: { info: () => {}, warn: () => {}, error: () => {} },
    config: {
      options: {
        endpoints: [
          { id: "primary", baseURL: primary.baseURL, key: "sk-1" },
          { id: "backup", baseURL: backup.baseURL, key: "sk-2" },
        ],
        circuitBreaker: { consecutiveFailures: 1, lastConsecutiveFailures: 1 },
        retry: { repeats: 0 },
        router: { onUnavailable: "fail" },
        health: false,
      },
      gateway: { port: 0, ...settings },
    },
  })
  const { url } = await gateway.listen()
  return {
    gateway,
    url: url.replace("0.0.0.0", "127.0.0.1"),
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await Promise.all([primary.close(), backup.close()])
    },
  }
}

const call = ({ gateway }: Stage) =>
  gateway.pipeline.call({
    path: "/chat/completions",
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o", messages: [] }),
  })

async function status(words: readonly string[]) {
  const terminal = testTerminal()
  return { code: await run(["status", ...words], terminal, never), terminal }
}

describe("bellwether status", () => {
  afterEach(() => vi.unstubAllEnvs())

  test("shows a gateway to which nothing has happened", async () => {
    await using place = await stage()
    const { code, terminal } = await status(["--url", place.url])
    expect(code).toBe(0)
    expect(terminal.printed()).toMatch(
      /^Up for \d+ ms: 0 calls, 0 failed, 0 failovers.\nLast five minutes: 0 calls.\n/,
    )
    expect(terminal.printed()).toMatch(/^backup\/key-1 +available +closed +healthy +0$/m)
  })

  test("shows an outage: the open circuit, why, and for how long", async () => {
    await using place = await stage([ill, {}])
    await call(place)
    const { code, terminal } = await status(["--url", place.url])
    expect(code).toBe(0)
    const printed = terminal.printed()
    expect(printed).toContain("1 call, 0 failed, 1 failover.")
    expect(printed).toMatch(/Last five minutes: 1 call, 100.0 % of them answered, half within /)
    expect(printed).toMatch(
      /^primary\/key-1 +unavailable +open .* gpt-4o: circuit open.* \(again in [\d.]+ m?s\)$/m,
    )
    expect(printed).not.toContain("sk-")
  })

  test("is not content when no endpoint takes calls", async () => {
    await using place = await stage([ill, ill])
    await call(place)
    const { code, terminal } = await status(["--url", place.url, "--json"])
    expect(code).toBe(1)
    const told = JSON.parse(terminal.printed()) as Status
    expect(told.endpoints.map(({ availability }) => availability)).toEqual(["unavailable", "unavailable"])
  })

  test("shows its token where one is needed, given or from the environment", async () => {
    const settings = { host: "0.0.0.0", keys: [{ id: "team", value: "vk-1" }], status: { token: "st-1" } }
    await using place = await stage([{}, {}], settings)
    vi.stubEnv("BELLWETHER_STATUS_TOKEN", undefined)
    const refused = await status(["--url", place.url])
    expect(refused.code).toBe(2)
    expect(refused.terminal.told()).toContain("gateway.status.token")
    expect(refused.terminal.told()).toContain("--token, or BELLWETHER_STATUS_TOKEN")
    expect((await status(["--url", place.url, "--token", "st-1"])).code).toBe(0)
    vi.stubEnv("BELLWETHER_STATUS_TOKEN", "st-1")
    expect((await status(["--url", place.url])).code).toBe(0)
  })

  test("says so where the page is off", async () => {
    await using place = await stage([{}, {}], { status: false })
    const { code, terminal } = await status(["--url", place.url])
    expect(code).toBe(2)
    expect(terminal.told()).toContain("gateway.status")
  })

  test.for<readonly [string, FaultRule[], string]>([
    ["has no status", [], "answered 404"],
    ["is a website", [{ kind: "status", status: 200, body: "<html></html>" }], "is no gateway of Bellwether"],
    ["sends on", [{ kind: "redirect" }], "No gateway answers at"],
    ["is not there", [{ kind: "refuse" }], "No gateway answers at"],
  ])("says so when what is asked %s", async ([, faults, words]) => {
    await using other = await startHostileProvider({ faults })
    const { code, terminal } = await status(["--url", other.origin])
    expect(code).toBe(2)
    expect(terminal.told()).toContain(words)
    expect(terminal.printed()).toBe("")
  })

  test("says so when what is asked is no URL", async () => {
    const { code, terminal } = await status(["--url", "gateway"])
    expect(code).toBe(2)
    expect(terminal.told()).toContain("gateway is no URL")
  })
})
