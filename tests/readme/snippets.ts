import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

const root = new URL("../../", import.meta.url)

/** Generated code has its place where no tool looks for sources. */
const generated = new URL("./dist/", import.meta.url)

/** A block of TypeScript in a document. */
interface Snippet {
  /** The file that the block says it is, else its place in the document. */
  readonly name: string
  readonly code: string
}

async function snippetsOf(document: string): Promise<readonly Snippet[]> {
  const text = await readFile(new URL(document, root), "utf8")
  const blocks = text.matchAll(/^```ts(?: (\S+))?\n(.*?)^```/gms)
  // Under their own names the tests of a guide would be found by the test runner, too.
  return [...blocks].map(([, file = "", code = ""], index) => ({
    name: file === "" ? `${index}.ts` : file.replace(".test.ts", ".tests.ts"),
    code,
  }))
}

const isTest = (file: string): boolean => file.endsWith(".tests.ts")

/** The code of a document as files; gone when the block that uses them ends. */
export interface SnippetFiles extends AsyncDisposable {
  /** What is to be run, in the order of the document. */
  readonly programs: readonly string[]
  /** What is to be imported where tests are collected. */
  readonly tests: readonly string[]
}

/**
 * Writes the TypeScript of a document into files, as it stands there.
 *
 * @param document path below the root of the repository
 * @param purpose keeps those apart who use the same document at the same time
 */
export async function writeSnippets(document: string, purpose: string): Promise<SnippetFiles> {
  const folder = new URL(`${purpose}/${document.replaceAll(/\W+/g, "-")}/`, generated)
  const files: string[] = []
  for (const { name, code } of await snippetsOf(document)) {
    const file = new URL(name, folder)
    await mkdir(new URL(".", file), { recursive: true })
    await writeFile(file, code)
    files.push(fileURLToPath(file))
  }
  return {
    programs: files.filter((file) => !isTest(file)),
    tests: files.filter(isTest),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}
