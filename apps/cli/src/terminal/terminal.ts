import { styleText } from "node:util"

/** How a word is meant. */
export type Mood = "good" | "fair" | "bad" | "quiet" | "strong"

/** Where a command writes to. */
export interface Terminal {
  /** A line of what was asked for. */
  print(line: string): void
  /** Text without a line's end, as it comes. */
  write(text: string): void
  /** A line beside it, such as progress, where `--json` is piped to another program. */
  tell(line: string): void
  /** In colour, where there is a terminal that shows it. */
  as(mood: Mood, text: string): string
  /** Whether somebody sits in front of it. */
  readonly isInteractive: boolean
}

const styles = { good: "green", fair: "yellow", bad: "red", quiet: "gray", strong: "bold" } as const

/** The process' own streams. `styleText` minds NO_COLOR, FORCE_COLOR and whether there is a terminal. */
export const systemTerminal: Terminal = {
  print: (line) => void process.stdout.write(`${line}\n`),
  write: (text) => void process.stdout.write(text),
  tell: (line) => void process.stderr.write(`${line}\n`),
  as: (mood, text) => styleText(styles[mood], text, { stream: process.stdout }),
  isInteractive: process.stdin.isTTY && process.stdout.isTTY,
}
