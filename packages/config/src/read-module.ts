import { readFile } from "node:fs/promises"
import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import * as bellwether from "bellwether"
import { unreadable } from "./config-error.ts"
import { defineConfig } from "./define-config.ts"
import { env } from "./env.ts"
import { readData } from "./read-data.ts"

/** What a config can import wherever it lies: the same copies as ours. */
const own = { "@bellwether/config": { defineConfig, env }, bellwether }

/** How compiled code loads another module of the project. */
const relativeImport = /\b(?:jitiImport|require)\("(\.{1,2}\/[^"]+)"\)/g

/** What the compiler leaves in place of code it can not read. */
const compilerFault = /exports\.__JITI_ERROR__ = (\{.*\})/

interface CompilerFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/**
 * Evaluates a module and those it imports from the project, all of them anew. Node and jiti would remember many of
 * them, so they are evaluated first, and handed to who imports them. Packages are imported as always.
 *
 * @param files takes up what was read
 * @returns what is exported as default, or `undefined`
 * @throws what the module throws; PipelineError `config-unreadable` for its syntax
 */
export async function readModule(file: string, files: Set<string>): Promise<unknown> {
  const { createJiti } = await import("jiti")
  const read = new Map<string, unknown>()

  async function evaluate(path: string, importers: readonly string[]): Promise<unknown> {
    files.add(path)
    if (extname(path) === ".json") return await readData(path, "json")
    const source = await readFile(path, "utf8")
    const virtualModules: Record<string, unknown> = { ...own }
    // Nothing is cached on disk: the code may hold keys.
    const jiti = createJiti(path, {
      fsCache: false,
      moduleCache: false,
      interopDefault: false,
      virtualModules,
    })
    const code = jiti.transform({ source, filename: path, ts: /\.[cm]?ts$/.test(path), async: true })
    refuseFault(path, code)
    for (const [, specifier = ""] of code.matchAll(relativeImport)) {
      const url = jiti.esmResolve(specifier, { try: true })
      const imported = url === undefined ? path : fileURLToPath(url)
      // Modules in a circle are left to jiti, and so is the error about one that is not there.
      if (imported === path || importers.includes(imported)) continue
      if (!read.has(imported)) read.set(imported, await evaluate(imported, [...importers, path]))
      virtualModules[specifier] = read.get(imported)
    }
    return await jiti.evalModule(source, { filename: path, async: true, forceTranspile: true })
  }

  return defaultOf(await evaluate(file, []))
}

function refuseFault(file: string, code: string): void {
  const [, fault] = compilerFault.exec(code) ?? []
  if (fault === undefined) return
  const { line, column, message } = JSON.parse(fault) as CompilerFault
  throw unreadable(file, message.trim(), `${line}:${column}`)
}

function defaultOf(exported: unknown): unknown {
  const isModule = typeof exported === "object" && exported !== null && "__esModule" in exported
  return isModule ? (exported as { readonly default?: unknown }).default : exported
}
