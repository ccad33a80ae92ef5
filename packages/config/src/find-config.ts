import { readdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { PipelineError } from "@bellwether/core"

/** What a config file can be written in. */
export const formats = ["ts", "mts", "js", "mjs", "cjs", "json", "yaml", "yml"] as const

const names: ReadonlySet<string> = new Set(formats.map((format) => `bellwether.config.${format}`))

/**
 * Finds the config of a directory: `bellwether.config` with `.ts`, `.mts`, `.js`, `.mjs`, `.cjs`, `.json`, `.yaml` or
 * `.yml`.
 *
 * @param directory where to look. @default the working directory
 * @returns its whole path, or `undefined` if there is none
 * @throws PipelineError `config-ambiguous` where there are several
 */
export async function findConfig(directory = "."): Promise<string | undefined> {
  const entries = await readdir(directory).catch((): string[] => [])
  const found = entries.filter((entry) => names.has(entry)).toSorted()
  if (found.length > 1)
    throw new PipelineError(
      "config-ambiguous",
      `${resolve(directory)} has ${found.join(" and ")}: keep one of them, or name the one to read.`,
    )
  return found.length === 0 ? undefined : join(resolve(directory), found.join())
}
