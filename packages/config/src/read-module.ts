import { extname } from "node:path"
import { fileURLToPath } from "node:url"
import * as bellwether from "bellwether"
import { unreadable } from "./config-error.ts"
import { defineConfig } from "./define-config.ts"
import { env } from "./env.ts"
import { readData } from "./read-data.ts"
import { readSource } from "./sources.ts"
import type { Sources } from "./sources.ts"

/** What a config can import wherever it lies: the same copies as ours. */
const own = { "@bellwether/config": { defineConfig, env }, bellwether }

/** How compiled code loads another module of the project. */
const relativeImport = /\b(jitiImport|require)\("(\.{1,2}\/[^"]+)"\)/g

/** What the compiler leaves in place of code it can not read. */
const compilerFault = /exports\.__JITI_ERROR__ = (\{.*\})/

interface CompilerFault {
  readonly line: number
  /** Counted from 0. */
  readonly column: number
  readonly message: string
}

/**
 * Evaluates a module and those it imports from the project, all of them anew. Node and jiti would remember many of
 * them, so they are evaluated first, and handed to who imports them. Packages are imported as always.
 *
 * @param sources takes up what was read
 * @returns what is exported as default, or `undefined`
 * @throws what the module throws; PipelineError `config-unreadable` for its syntax
 */
export async function readModule(file: string, sources: Sources): Promise<unknown> {
  const { createJiti } = await import("jiti")
  const read = new Map<string, unknown>()

  async function evaluate(path: string, importers: readonly string[]): Promise<unknown> {
    if (extname(path) === ".json") return await readData(path, "json", sources)
    const source = await readSource(path, sources)
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
    for (const [, how, specifier = ""] of code.matchAll(relativeImport)) {
      const url = jiti.esmResolve(specifier, { try: true })
      // The error about a module that is not there is left to jiti.
      if (url === undefined) continue
      const imported = fileURLToPath(url)
      if (imported === path || importers.includes(imported))
        throw unreadable(
          path,
          `it imports ${specifier}, which imports it: a config has no modules in a circle`,
        )
      if (!read.has(imported)) read.set(imported, await evaluate(imported, [...importers, path]))
      const exported = read.get(imported)
      virtualModules[specifier] = how === "require" ? exported : asModule(exported)
    }
    return await jiti.evalModule(source, { filename: path, async: true, forceTranspile: true })
  }

  return defaultOf(await evaluate(file, []))
}

function refuseFault(file: string, code: string): void {
  const [, fault] = compilerFault.exec(code) ?? []
  if (fault === undefined) return
  const { line, column, message } = JSON.parse(fault) as CompilerFault
  throw unreadable(file, message.trim(), `${line}:${column + 1}`)
}

const isModule = (exported: unknown): exported is { readonly default?: unknown } =>
  typeof exported === "object" && exported !== null && "__esModule" in exported

/** CommonJS and JSON as they are imported in Node. */
const asModule = (exported: unknown): object =>
  isModule(exported) ? exported : { ...(Object(exported) as object), default: exported }

const defaultOf = (exported: unknown): unknown => (isModule(exported) ? exported.default : exported)
