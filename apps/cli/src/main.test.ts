import { spawn } from "node:child_process"
import type { ChildProcessByStdio } from "node:child_process"
import { once } from "node:events"
import type { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { configFile } from "../test/config-file.ts"

const main = fileURLToPath(new URL("main.ts", import.meta.url))

/** The command as a process, without a terminal. */
function start(words: readonly string[], cwd: string): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ["--conditions=@bellwether/source", main, ...words], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORCE_COLOR: undefined },
  })
}

const configOf = ({ baseURL }: HostileProvider, more: object = {}) =>
  configFile({ endpoints: [{ id: "primary", baseURL, key: "sk-1" }], ...more })

describe("the command as a process", () => {
  test("prints one JSON document and nothing else, and no colour where there is no terminal", async () => {
    await using provider = await startHostileProvider({ faults: [{ kind: "error", error: "invalid-key" }] })
    await using config = await configOf(provider)
    const json = start(["probe", "--json"], config.folder)
    const plain = start(["probe"], config.folder)
    const ended = Promise.all([once(json, "exit"), once(plain, "exit")])
    const [printed, told, shown] = await Promise.all(
      [json.stdout, json.stderr, plain.stdout].map((stream) => text(stream)),
    )
    expect(JSON.parse(printed ?? "")).toMatchObject({
      targets: [{ target: "primary/key-1", outcome: "down" }],
    })
    expect(told).toBe("")
    expect(shown).toContain("primary/key-1  down")
    expect(shown).not.toContain("\u001B")
    expect(await ended).toEqual([
      [1, null],
      [1, null],
    ])
  })

  test("ends without a word when nobody reads on", async () => {
    await using provider = await startHostileProvider()
    await using config = await configOf(provider)
    const child = start(["plan", "--json"], config.folder)
    child.stdout.destroy()
    const told = text(child.stderr)
    expect(await once(child, "exit")).toEqual([141, null])
    expect(await told).toBe("")
  })

  test("Ctrl-C ends a probe with 130, and what it asked for", async () => {
    await using provider = await startHostileProvider({ faults: [{ kind: "black-hole" }] })
    await using config = await configOf(provider)
    const child = start(["probe"], config.folder)
    const output = Promise.all([text(child.stdout), text(child.stderr)])
    await provider.until(({ inFlight }) => inFlight === 1)
    const ended = once(child, "exit")
    child.kill("SIGINT")
    expect(await ended).toEqual([130, null])
    expect(await output).toEqual(["", ""])
    await provider.until(({ inFlight }) => inFlight === 0)
  })

  test("Ctrl-C lets a gateway end its answers, then it ends with 130", async () => {
    await using provider = await startHostileProvider({ latencyMs: 300 })
    await using config = await configOf(provider, { gateway: { port: 0 } })
    const child = start(["gateway"], config.folder)
    child.stderr.resume()
    let url: string | undefined
    for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
      url = /http:\/\/[\d.]+:\d+/.exec(String(chunk))?.[0]
      if (url !== undefined) break
    }
    child.stdout.resume()
    const answer = fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "gpt-4o", messages: [] }),
    })
    await provider.until(({ requests }) => requests.some(({ path }) => path === "/v1/chat/completions"))
    const ended = once(child, "exit")
    child.kill("SIGINT")
    expect((await answer).status).toBe(200)
    expect(await ended).toEqual([130, null])
  })
})
