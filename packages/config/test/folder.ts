import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

/** A folder of its own for a test, gone when the block that uses it ends. */
export interface Folder extends AsyncDisposable {
  readonly path: string
  /** The whole path of a file in it. */
  of(name: string): string
  write(name: string, text: string): Promise<string>
}

export async function folder(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "bellwether-config-"))
  const of = (name: string): string => join(path, name)
  const write = async (name: string, text: string): Promise<string> => {
    await mkdir(dirname(of(name)), { recursive: true })
    await writeFile(of(name), text)
    return of(name)
  }
  for (const [name, text] of Object.entries(files)) await write(name, text)
  return { path, of, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
