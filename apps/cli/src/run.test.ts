import { describe, expect, test } from "vitest"
import { configFile } from "../test/config-file.ts"
import { testTerminal } from "../test/terminal.ts"
import { run } from "./run.ts"

const never = new AbortController().signal

async function ran(words: readonly string[], columns = Infinity) {
  const terminal = testTerminal({ columns })
  return { code: await run(words, terminal, never), terminal }
}

const commands = ["probe", "chat", "plan", "status", "gateway", "demo", "init"]
const endpoints = [{ id: "primary", baseURL: "https://primary.example/v1", key: "sk-1" }]

describe("bellwether", () => {
  test("shows what there is, and what exit codes mean", async () => {
    const { code, terminal } = await ran(["--help"])
    expect(code).toBe(0)
    for (const command of commands) expect(terminal.printed()).toMatch(new RegExp(`^ {2}${command} `, "m"))
    expect(terminal.printed()).toContain("130 interrupted")
    expect(terminal.told()).toBe("")
  })

  test.for(commands)("has help for %s", async (command) => {
    const { code, terminal } = await ran([command, "--help"])
    expect(code).toBe(0)
    expect(terminal.printed()).toContain(`Usage: bellwether ${command}`)
  })

  test.for([
    [[], "Usage: bellwether"],
    [["prob"], "Did you mean probe?"],
    [["plan", "--modle", "gpt-4o"], "Did you mean --model?"],
    [["plan", "--input", "many"], "It must be a whole number."],
    [["plan", "--output", "10000001"], "It must be at most 10000000."],
    [["probe", "--timeout", "0"], "It must be at least 1."],
    [["init", "--format", "toml"], "Allowed choices are ts, yaml, json."],
    [["chat"], "'-m, --model <model>' not specified"],
    [["init"], "run it in a terminal"],
    [["probe", "--config", "no-such-file.json"], "no-such-file.json"],
  ] as const)("%j is refused in words", async ([words, said]) => {
    const { code, terminal } = await ran(words)
    expect(code).toBe(2)
    expect(terminal.told()).toContain(said)
    expect(terminal.printed()).toBe("")
  })

  test("tells everything that is wrong with a config, and nothing on the way of JSON", async () => {
    await using config = await configFile({ endpoints: [{ id: "a" }], attemps: 3 })
    const { code, terminal } = await ran(["plan", "--config", config.path, "--json"])
    expect(code).toBe(2)
    expect(terminal.told()).toContain("endpoints[0].baseURL is missing")
    expect(terminal.told()).toContain("did you mean attempts?")
    expect(terminal.printed()).toBe("")
  })
})

describe("bellwether plan", () => {
  test("shows the bounds, the scenarios and what was found", async () => {
    await using config = await configFile({ endpoints, deadlineMs: 60_000, attempts: 3 })
    const { code, terminal } = await ran(["plan", "--config", config.path])
    expect(code).toBe(1)
    const printed = terminal.printed()
    expect(printed).toContain("at most 3 attempts, and commits or fails within 60 s.")
    expect(printed).toMatch(/^all are silent +1 +60 s +– {2}deadline-exceeded$/m)
    expect(printed).toContain("timeout.answerMs never fires")
  })

  test("is content with a config in which every option does what it says", async () => {
    await using config = await configFile({ endpoints })
    const { code, terminal } = await ran(["plan", "--config", config.path, "--json"])
    expect(code).toBe(0)
    expect(Object.keys(JSON.parse(terminal.printed()) as object)).toEqual([
      "question",
      "mostAttempts",
      "longestMs",
      "outcomes",
      "refusal",
      "unplayed",
      "findings",
    ])
  })

  test("takes a model that is served, and says so when none is", async () => {
    const served = [{ ...endpoints[0], serves: ["o*"], models: { "claude-sonnet": "claude-sonnet-4-5" } }]
    await using config = await configFile({ endpoints: served })
    const { code, terminal } = await ran(["plan", "--config", config.path])
    expect(code).toBe(0)
    expect(terminal.printed()).toContain("One call of claude-sonnet ")
    const unserved = await ran(["plan", "--config", config.path, "--model", "gpt-4o"])
    expect(unserved.code).toBe(1)
    expect(unserved.terminal.printed()).toContain('is ever made. No endpoint serves the model "gpt-4o"')
    expect(unserved.terminal.printed()).not.toContain("all answer 500")
  })

  test.for([80, 120])("fits into %d columns", async (columns) => {
    await using config = await configFile({
      endpoints,
      deadlineMs: 60_000,
      attempts: 1,
      retry: { repeats: 2 },
    })
    const { terminal } = await ran(["plan", "--config", config.path], columns)
    const lines = terminal.printed().replace(config.path, "").split("\n")
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  })
})
