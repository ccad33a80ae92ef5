import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { configFile } from "../../test/config-file.ts"
import { testTerminal } from "../../test/terminal.ts"
import type { ProbeResult } from "../probe.ts"
import { run } from "../run.ts"

const never = new AbortController().signal

/** Probes endpoints. @returns the exit code and what was printed */
async function probed(endpoints: readonly object[], ...words: readonly string[]) {
  await using config = await configFile({ endpoints })
  const terminal = testTerminal()
  const code = await run(["probe", "--config", config.path, ...words], terminal, never)
  return { code, terminal }
}

const resultsOf = (printed: string): readonly ProbeResult[] =>
  (JSON.parse(printed) as { targets: ProbeResult[] }).targets

describe("bellwether probe", () => {
  test("asks each key of each endpoint on its own", async () => {
    await using relay = await startHostileProvider({ keys: ["sk-good"] })
    await using silent = await startHostileProvider({ faults: [{ kind: "black-hole" }] })
    await using website = await startHostileProvider({ faults: [{ kind: "body-html" }] })
    const endpoints = [
      { id: "relay", baseURL: relay.baseURL, keys: ["sk-good", { id: "old", value: "sk-revoked" }] },
      { id: "silent", baseURL: silent.baseURL, key: "sk-1" },
      { id: "website", baseURL: website.baseURL, key: "sk-1" },
    ]
    const { code, terminal } = await probed(endpoints, "--timeout", "1000", "--json")
    expect(code).toBe(1)
    expect(resultsOf(terminal.printed())).toMatchObject([
      { target: "relay/key-1", outcome: "up", status: 200, class: null, reason: null, remedy: null },
      { target: "relay/old", outcome: "down", status: 401, class: "credential" },
      { target: "silent/key-1", outcome: "timeout", class: "timeout", status: null },
      { target: "website/key-1", outcome: "down", class: "broken-response" },
    ])
    expect(relay.requests.map(({ path }) => path)).toEqual(["/v1/models", "/v1/models"])
    expect(terminal.progressed).toEqual([
      "0 of 4 have answered",
      "1 of 4 have answered",
      "2 of 4 have answered",
      "3 of 4 have answered",
      "4 of 4 have answered",
      "",
    ])
    expect(terminal.told()).toBe("")
  })

  test("tells each remedy once, and no key", async () => {
    await using relay = await startHostileProvider({ keys: ["sk-good"] })
    const endpoint = {
      id: "relay",
      baseURL: relay.baseURL,
      keys: ["sk-revoked-1", "sk-revoked-2", "sk-good"],
    }
    const { code, terminal } = await probed([endpoint])
    expect(code).toBe(1)
    const printed = terminal.printed()
    expect(printed).toMatch(/^relay\/key-3 +up +\d+ ms$/m)
    expect(printed.match(/get it anew from the provider's console/g)).toHaveLength(1)
    expect(printed).toContain("relay/key-1, relay/key-2: The key is wrong")
    expect(printed).not.toContain("sk-")
  })

  test("is content when all are up, with a key or without", async () => {
    await using open = await startHostileProvider()
    const { code, terminal } = await probed([{ id: "open", baseURL: open.baseURL }])
    expect(code).toBe(0)
    expect(terminal.printed()).toContain("open/no-key  up")
  })

  test("with a model asks for a few words of it, also where the endpoint is said to serve others", async () => {
    await using relay = await startHostileProvider()
    const fault: FaultRule = { kind: "error", error: "server-error", when: { route: "chat" } }
    await using ill = await startHostileProvider({ faults: [fault] })
    const endpoints = [
      { id: "relay", baseURL: relay.baseURL, key: "sk-1", serves: ["claude-*"] },
      { id: "ill", baseURL: ill.baseURL, key: "sk-1" },
    ]
    const { code, terminal } = await probed(endpoints, "--model", "gpt-4o", "--json")
    expect(code).toBe(1)
    expect(resultsOf(terminal.printed()).map(({ outcome }) => outcome)).toEqual(["up", "down"])
    expect(relay.requests.map(({ path, model }) => [path, model])).toEqual([
      ["/v1/chat/completions", "gpt-4o"],
    ])
  })

  test("ends when it is interrupted", async () => {
    await using silent = await startHostileProvider({ faults: [{ kind: "black-hole" }] })
    await using config = await configFile({
      endpoints: [{ id: "silent", baseURL: silent.baseURL, key: "sk-1" }],
    })
    const interrupt = new AbortController()
    const terminal = testTerminal()
    const code = run(["probe", "--config", config.path], terminal, interrupt.signal)
    await silent.until(({ inFlight }) => inFlight === 1)
    interrupt.abort()
    expect(await code).toBe(130)
    expect(terminal.printed()).toBe("")
    await silent.until(({ inFlight }) => inFlight === 0)
  })
})
