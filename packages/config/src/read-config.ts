import { extname } from "node:path"
import { PipelineError } from "@bellwether/core"
import { unreadable } from "./config-error.ts"
import { formats } from "./find-config.ts"
import { readData } from "./read-data.ts"
import { readModule } from "./read-module.ts"
import type { Scrub } from "./scrub.ts"
import type { Sources } from "./sources.ts"

/** What a config file holds, before anything is checked. */
export interface Source {
  readonly data: unknown
  /** The file, and what it imports from the project. */
  readonly sources: Sources
  /** Whether it is a program, which can hold functions. */
  readonly isModule: boolean
}

/**
 * Reads a config file, anew each time.
 *
 * @param file its whole path
 * @param scrub takes secrets out of what its code throws
 * @throws PipelineError `config-missing` or `config-unreadable`
 */
export async function readConfig(file: string, scrub: Scrub): Promise<Source> {
  const sources: Sources = new Map()
  const format = formats.find((each) => `.${each}` === extname(file))
  try {
    if (format === undefined) throw unreadable(file, `the name must end with .${formats.join(", .")}`)
    const isModule = !/json|ya?ml/.test(format)
    const data = isModule
      ? await readModule(file, sources)
      : await readData(file, format === "json" ? "json" : "yaml", sources)
    return { data, sources, isModule }
  } catch (error) {
    throw PipelineError.is(error, "config-unreadable") ? error : failed(file, error, sources, scrub)
  }
}

/** Says what went wrong without what hangs on the error: it may hold keys. */
function failed(file: string, error: unknown, sources: Sources, scrub: Scrub): PipelineError {
  const { code, path } = Object(error) as NodeJS.ErrnoException
  if (code === "ENOENT" && path === file)
    return new PipelineError("config-missing", `There is no ${file}: make it, or name another file.`)
  if (!(error instanceof Error)) return unreadable(file, "it throws something that is no error")
  const [message = ""] = error.message.split("\n")
  const [place = file, line] =
    [...sources.keys()]
      .map((each) => [each, lineIn(error, each)] as const)
      .findLast(([, found]) => found !== undefined) ?? []
  return unreadable(place, scrub(`${error.name}: ${message}`), line)
}

/** The line of a file at which an error arose; columns are those of compiled code. */
function lineIn({ stack = "" }: Error, file: string): string | undefined {
  const [, rest = ""] = stack.split(`${file}:`)
  return /^\d+/.exec(rest)?.[0]
}
