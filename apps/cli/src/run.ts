import { CommanderError } from "commander"
import { interruptedCode } from "./exit-codes.ts"
import { createProgram } from "./program.ts"
import type { Terminal } from "./terminal/terminal.ts"
import { wrapped } from "./terminal/width.ts"

/**
 * Runs the command with these words.
 *
 * @param interrupt aborted by Ctrl-C: what is under way then ends
 * @returns the exit code: 0 all is well, 1 something is not, 2 the command or the config is wrong, 130 interrupted
 */
export async function run(
  words: readonly string[],
  terminal: Terminal,
  interrupt: AbortSignal,
): Promise<number> {
  let code = 0
  try {
    await createProgram(terminal, interrupt, (given) => (code = given)).parseAsync(words, { from: "user" })
    return interrupt.aborted ? interruptedCode : code
  } catch (error) {
    if (interrupt.aborted) return interruptedCode
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const message = error instanceof Error ? error.message : String(error)
    terminal.tell(wrapped(message, terminal.columns), "bad")
    return 2
  }
}
