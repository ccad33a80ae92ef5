import { styleText } from "node:util"

/** How a word is meant. */
export type Mood = "good" | "fair" | "bad" | "quiet" | "strong"

/** Where a command reads from and writes to. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream
  /** What is told beside the answer goes here, a prompt too. */
  readonly aside: NodeJS.WritableStream
  /** Whether somebody sits in front of it. */
  readonly isInteractive: boolean
  /** Characters of a line of what is printed; `Infinity` where nobody has set a width. */
  readonly columns: number
  /** A line of what was asked for. */
  print(line: string): void
  /** Text without a line's end, as it comes. */
  write(text: string): void
  /** A line beside it, which `--json` that is piped to another program does not see. */
  tell(line: string, mood?: Mood): void
  /** How far it has come, in place of what was told so before; `""` takes it away. Nothing where nobody watches. */
  progress(line: string): void
  /** For {@link print}: in colour where there is a terminal that shows it. */
  as(mood: Mood, text: string): string
}

/** The streams of a process. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

const styles = { good: "green", fair: "yellow", bad: "red", quiet: "gray", strong: "bold" } as const

/** Each stream for itself: what is piped is plain. `styleText` minds NO_COLOR and FORCE_COLOR. */
const styled = (stream: OutputStream, mood: Mood, text: string): string =>
  styleText(styles[mood], text, { stream })

const lineStart = "\r\u001B[K"

/** A terminal over the streams of a process. */
export function createTerminal({ stdin, stdout, stderr }: Streams): Terminal {
  let hasProgress = false
  const progress = (line: string): void => {
    if (stderr.isTTY !== true || (line === "" && !hasProgress)) return
    hasProgress = line !== ""
    stderr.write(lineStart + (hasProgress ? styled(stderr, "quiet", line) : ""))
  }
  return {
    input: stdin,
    aside: stderr,
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
    get columns() {
      return (stdout.isTTY === true && stdout.columns) || Infinity
    },
    print(line) {
      progress("")
      stdout.write(`${line}\n`)
    },
    write: (text) => void stdout.write(text),
    tell(line, mood) {
      progress("")
      stderr.write(`${mood === undefined ? line : styled(stderr, mood, line)}\n`)
    },
    progress,
    as: (mood, text) => styled(stdout, mood, text),
  }
}
