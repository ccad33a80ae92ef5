import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"

/** What was read for a config, by its path. */
export type Sources = Map<string, string>

/** Reads a file, and remembers what it held. */
export async function readSource(file: string, sources: Sources): Promise<string> {
  const text = await readFile(file, "utf8")
  sources.set(file, text)
  return text
}

/** A digest of what files hold, so that nobody needs to keep the texts. */
export const versionOf = (sources: Iterable<readonly [string, string | undefined]>): string =>
  createHash("sha256")
    .update(JSON.stringify([...sources]))
    .digest("hex")

/** The version that these files have now. */
export async function currentVersion(files: readonly string[]): Promise<string> {
  const texts = files.map((file) => readFile(file, "utf8").catch(() => undefined))
  return versionOf((await Promise.all(texts)).map((text, place) => [files[place] ?? "", text] as const))
}
