import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"

const cwd = fileURLToPath(new URL("../../", import.meta.url))

/** The documents whose code is run and checked: all that show how something is used. */
export const documents: readonly string[] = globSync(
  ["README.md", "docs/guides/*.md", "packages/*/README.md"],
  { cwd },
).toSorted()
