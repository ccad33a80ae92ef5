import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider, HostileProviderOptions } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { configFile } from "../../test/config-file.ts"
import { testTerminal } from "../../test/terminal.ts"
import type { TestTerminal } from "../../test/terminal.ts"
import { run } from "../run.ts"

/** Two providers, and a chat through them that goes on until it ends. */
interface Chat extends AsyncDisposable {
  readonly primary: HostileProvider
  readonly backup: HostileProvider
  readonly code: Promise<number>
  readonly interrupt: AbortController
}

async function chat(
  terminal: TestTerminal,
  words: readonly string[],
  manners: { readonly primary?: HostileProviderOptions; readonly backup?: HostileProviderOptions } = {},
): Promise<Chat> {
  const primary = await startHostileProvider({ answer: () => "Baa, said the bell.", ...manners.primary })
  const backup = await startHostileProvider({ answer: () => "Baa, said the backup.", ...manners.backup })
  const config = await configFile({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, key: "sk-1" },
      { id: "backup", baseURL: backup.baseURL, key: "sk-2" },
    ],
    retry: { repeats: 0 },
    health: false,
  })
  const interrupt = new AbortController()
  const code = run(
    ["chat", "--config", config.path, "--model", "gpt-4o", ...words],
    terminal,
    interrupt.signal,
  )
  return {
    primary,
    backup,
    code,
    interrupt,
    async [Symbol.asyncDispose]() {
      interrupt.abort()
      await code
      await Promise.all([primary.close(), backup.close(), config[Symbol.asyncDispose]()])
    },
  }
}

/** What the provider was asked, each request's conversation. */
const asked = ({ requests }: HostileProvider): readonly unknown[] =>
  requests.map(({ body }) => (JSON.parse(body) as { messages: unknown }).messages)

describe("bellwether chat", () => {
  test("answers the words it is given, and says who did", async () => {
    const terminal = testTerminal()
    await using talk = await chat(terminal, ["Why", "bells?"])
    expect(await talk.code).toBe(0)
    expect(terminal.printed()).toBe("Baa, said the bell.\n")
    expect(terminal.told()).toMatch(/^\[primary\/key-1, \d+ ms\]$/m)
    expect(asked(talk.primary)).toEqual([[{ role: "user", content: "Why bells?" }]])
  })

  test("writes the answer as it comes", async () => {
    const terminal = testTerminal()
    const answer = (): string => Array.from({ length: 500 }, () => "baa").join(" ")
    await using talk = await chat(terminal, ["Hello"], { primary: { answer, tokensPerSecond: 50 } })
    await terminal.until("baa")
    expect(talk.primary.inFlight).toBe(1)
  })

  test("shows where a call goes on when a provider fails", async () => {
    const terminal = testTerminal()
    await using talk = await chat(terminal, ["Hello"], {
      primary: { faults: [{ kind: "error", error: "server-error" }] },
    })
    expect(await talk.code).toBe(0)
    expect(terminal.printed()).toBe("Baa, said the backup.\n")
    expect(terminal.told()).toMatch(
      /^\[primary\/key-1 answered 500: it failed inside\]\n\[on to backup\/key-1\]\n\[backup\/key-1, [\d.]+ m?s\]\n$/,
    )
  })

  test("answers line after line of what is piped in, and remembers", async () => {
    const terminal = testTerminal({ lines: ["One?", "Two?"] })
    await using talk = await chat(terminal, ["--system", "Be a sheep."])
    expect(await talk.code).toBe(0)
    expect(terminal.printed()).toBe("Baa, said the bell.\nBaa, said the bell.\n")
    expect(asked(talk.primary).at(-1)).toEqual([
      { role: "system", content: "Be a sheep." },
      { role: "user", content: "One?" },
      { role: "assistant", content: "Baa, said the bell." },
      { role: "user", content: "Two?" },
    ])
  })

  test("tells the error and its remedy, forgets the question, and is not content", async () => {
    const terminal = testTerminal({ lines: ["One?", "Two?"] })
    const revoked: HostileProviderOptions = {
      faults: [{ kind: "error", error: "invalid-key", when: { nth: 1 } }],
    }
    await using talk = await chat(terminal, [], { primary: revoked, backup: revoked })
    expect(await talk.code).toBe(1)
    expect(terminal.told()).toContain("check it for spaces and missing characters")
    expect(terminal.told()).not.toContain("sk-1")
  })

  test("an interrupt ends the answer under way and everything with it", async () => {
    const terminal = testTerminal()
    const answer = (): string => Array.from({ length: 500 }, () => "baa").join(" ")
    await using talk = await chat(terminal, ["Hello"], { primary: { answer, tokensPerSecond: 50 } })
    await terminal.until("baa")
    talk.interrupt.abort()
    expect(await talk.code).toBe(130)
    expect(terminal.told()).toContain("[stopped]")
    await talk.primary.until(({ inFlight }) => inFlight === 0)
    expect(talk.backup.requests).toEqual([])
  })

  test("in front of a terminal Ctrl-C ends an answer, then the conversation", async () => {
    const terminal = testTerminal({ isInteractive: true })
    const answer = (): string => Array.from({ length: 500 }, () => "baa").join(" ")
    await using talk = await chat(terminal, [], { primary: { answer, tokensPerSecond: 50 } })
    await terminal.until("> ")
    terminal.input.write("Hello\r")
    await terminal.until("baa")
    terminal.input.write("\u0003")
    await terminal.until("[stopped]")
    await talk.primary.until(({ inFlight }) => inFlight === 0)
    terminal.input.write("\u0003")
    expect(await talk.code).toBe(130)
  })

  test("an empty line ends the conversation", async () => {
    const terminal = testTerminal({ isInteractive: true })
    await using talk = await chat(terminal, [])
    await terminal.until("> ")
    terminal.input.write("\r")
    expect(await talk.code).toBe(0)
    expect(talk.primary.requests).toEqual([])
  })
})
