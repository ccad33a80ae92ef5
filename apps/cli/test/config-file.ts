import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A config file in a folder of its own, for as long as the test. */
export interface ConfigFile extends AsyncDisposable {
  readonly folder: string
  readonly path: string
}

export async function configFile(config: object): Promise<ConfigFile> {
  const folder = await mkdtemp(join(tmpdir(), "bellwether-cli-"))
  const path = join(folder, "bellwether.config.json")
  await writeFile(path, JSON.stringify(config))
  return { folder, path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
