import { CommanderError } from "commander"
import { createProgram } from "./program.ts"
import type { Terminal } from "./terminal/terminal.ts"

/**
 * Runs the command with these words.
 *
 * @returns the exit code: 0 all is well, 1 something is not, 2 the command or the config is wrong
 */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0
  try {
    await createProgram(terminal, (given) => (code = given)).parseAsync(words, { from: "user" })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.tell(terminal.as("bad", error instanceof Error ? error.message : String(error)))
    return 2
  }
}
