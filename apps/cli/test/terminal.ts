import { PassThrough } from "node:stream"
import type { Mood, Terminal } from "../src/terminal/terminal.ts"

/** A terminal that remembers what it was told. */
export interface TestTerminal extends Terminal {
  readonly input: PassThrough
  /** What was asked for. */
  readonly printed: () => string
  /** What was told beside. */
  readonly told: () => string
  readonly progressed: readonly string[]
  /** Resolves as soon as it was told or has printed something like this. */
  until(words: string): Promise<void>
}

/** @param lines what is typed or piped in */
export function testTerminal({
  isInteractive = false,
  lines = [] as readonly string[],
  columns = Infinity,
} = {}): TestTerminal {
  const input = new PassThrough()
  if (lines.length > 0) input.end(lines.map((line) => `${line}\n`).join(""))
  const aside = new PassThrough().setEncoding("utf8")
  let printed = ""
  let told = ""
  const progressed: string[] = []
  const waiting = new Set<() => void>()
  const heard = (): void => waiting.forEach((look) => look())
  aside.on("data", (text: string) => {
    told += text
    heard()
  })
  const print = (text: string): void => {
    printed += text
    heard()
  }
  return {
    input,
    aside,
    isInteractive,
    columns,
    printed: () => printed,
    told: () => told,
    progressed,
    until: (words) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!`${printed}${told}`.includes(words)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    print: (line) => print(`${line}\n`),
    write: print,
    tell(line) {
      told += `${line}\n`
      heard()
    },
    progress: (line) => void progressed.push(line),
    as: (_mood: Mood, text) => text,
  }
}
