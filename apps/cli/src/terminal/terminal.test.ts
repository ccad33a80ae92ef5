import { PassThrough } from "node:stream"
import { WriteStream } from "node:tty"
import { afterEach, describe, expect, test, vi } from "vitest"
import { createTerminal } from "./terminal.ts"

/** A stream that is a terminal, or none, and what was written to it. */
function stream(isTTY: boolean) {
  const through = new PassThrough().setEncoding("utf8")
  return Object.assign(through, {
    isTTY,
    columns: 80,
    getColorDepth: WriteStream.prototype.getColorDepth,
    written: () => (through.read() as string | null) ?? "",
  })
}

const streams = (stdout: boolean, stderr: boolean) => ({
  stdin: stream(false),
  stdout: stream(stdout),
  stderr: stream(stderr),
})

describe("a terminal", () => {
  afterEach(() => vi.unstubAllEnvs())

  function coloured(): void {
    vi.stubEnv("FORCE_COLOR", undefined)
    vi.stubEnv("NO_COLOR", undefined)
    vi.stubEnv("NODE_DISABLE_COLORS", undefined)
    vi.stubEnv("CI", undefined)
    vi.stubEnv("TERM", "xterm-256color")
  }

  test("colours what goes to a terminal, and nothing else", () => {
    coloured()
    const given = streams(false, true)
    const terminal = createTerminal(given)
    terminal.print(terminal.as("good", "up"))
    terminal.tell("careful", "fair")
    expect(given.stdout.written()).toBe("up\n")
    expect(given.stderr.written()).toBe("\u001B[33mcareful\u001B[39m\n")
  })

  test("NO_COLOR takes all colours away", () => {
    coloured()
    vi.stubEnv("NO_COLOR", "1")
    const given = streams(true, true)
    const terminal = createTerminal(given)
    terminal.print(terminal.as("good", "up"))
    terminal.tell("careful", "fair")
    expect(given.stdout.written() + given.stderr.written()).toBe("up\ncareful\n")
  })

  test("progress is overwritten by what comes next, and only told where somebody watches", () => {
    vi.stubEnv("NO_COLOR", "1")
    const watched = streams(true, true)
    const terminal = createTerminal(watched)
    terminal.progress("1 of 2")
    terminal.progress("2 of 2")
    terminal.tell("done")
    terminal.tell("really")
    expect(watched.stderr.written()).toBe("\r\u001B[K1 of 2\r\u001B[K2 of 2\r\u001B[Kdone\nreally\n")

    const piped = streams(false, false)
    createTerminal(piped).progress("1 of 2")
    expect(piped.stderr.written()).toBe("")
  })

  test("has a width only where it is one", () => {
    expect(createTerminal(streams(true, true)).columns).toBe(80)
    expect(createTerminal(streams(false, true)).columns).toBe(Infinity)
  })
})
