import { LineCounter, parseDocument } from "yaml"
import { unreadable } from "./config-error.ts"
import { readSource } from "./sources.ts"
import type { Sources } from "./sources.ts"

/** What the parser says of the syntax cites what stands there, which may be a key. */
const uncited = (message: string): string => message.replaceAll(/:? "(?:[^"\\]|\\.)*"/g, "")

/**
 * Reads a file of plain data. JSON goes through the same parser, which knows lines, and finds names that stand twice.
 *
 * @throws PipelineError `config-unreadable`
 */
export async function readData(file: string, format: "json" | "yaml", sources: Sources): Promise<unknown> {
  const lineCounter = new LineCounter()
  const document = parseDocument(await readSource(file, sources), {
    lineCounter,
    prettyErrors: false,
    ...(format === "json" ? { schema: "json" } : { merge: true }),
  })
  const [first] = [...document.errors, ...document.warnings]
  if (first !== undefined) {
    const { line, col } = lineCounter.linePos(first.pos[0])
    throw unreadable(file, uncited(first.message), `${line}:${col}`)
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw unreadable(file, uncited((error as Error).message))
  }
}
