import { resolve } from "node:path"
import { checkOptions, PipelineError, text, either } from "@bellwether/core"
import type { BellwetherOptions } from "bellwether"
import { faultsIn } from "./check-config.ts"
import { unreadable } from "./config-error.ts"
import { findConfig, formats } from "./find-config.ts"
import type { GatewayOptions } from "./gateway-options.ts"
import { isPlain } from "./plain.ts"
import { readConfig } from "./read-config.ts"
import { resolveEnv } from "./resolve-env.ts"
import type { Variables } from "./resolve-env.ts"
import { scrubOf, secretsIn } from "./scrub.ts"
import { versionOf } from "./sources.ts"

/** Where the config is. */
export interface LoadOptions {
  /** The file, seen from the directory. @default the one that {@link findConfig} finds */
  readonly file?: string
  /** @default the working directory */
  readonly directory?: string
  /** Environment variables. @default those of the process */
  readonly variables?: Variables
}

/** A config that was read and checked. */
export interface LoadedConfig {
  /** Its whole path. */
  readonly file: string
  /** The file, and the modules it imports from the project: with any of them the config changes. */
  readonly files: readonly string[]
  /** Digest of what these held. */
  readonly version: string
  /** For `bellwether()`, and `createOpenAI()` and `createFetch()`. */
  readonly options: BellwetherOptions
  /** For the gateway. */
  readonly gateway: GatewayOptions
}

/**
 * Reads the config file, puts the environment variables in, and checks all of it.
 *
 * @example
 * const { options } = await loadConfig()
 * const client = createOpenAI(options)
 *
 * @throws PipelineError `invalid-options` with a sentence per fault, beginning with its path in the file;
 * `config-missing`, `config-ambiguous`, `config-unreadable`. No message tells of a key.
 */
export async function loadConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  checkOptions<LoadOptions>("loadConfig", options, {
    file: text,
    directory: text,
    variables: either({ object: () => [] }),
  })
  const { directory = ".", variables = process.env } = options
  const file = options.file === undefined ? await found(directory) : resolve(directory, options.file)
  const { data, sources, isModule } = await readConfig(file, scrubOf(valuesOf(variables)))
  if (!isPlain(data))
    throw unreadable(
      file,
      isModule ? "it exports no config as default" : "it holds no config, which is an object",
    )
  const resolved = resolveEnv(data, variables)
  const scrub = scrubOf([...resolved.taken, ...secretsIn(resolved.data)])
  refuse(file, [
    ...[...resolved.faults].map(([path, fault]) =>
      fault.startsWith("the ") ? `${path}: ${fault}` : `${path} ${fault}`,
    ),
    ...faultsIn(resolved.data)
      .filter((fault) => ![...resolved.faults.keys()].some((path) => isAbout(fault, path)))
      .map((fault) => scrub(isModule ? fault : withoutFunction(fault))),
  ])
  const { gateway = {}, ...ofPipeline } = resolved.data
  return {
    file,
    files: [...sources.keys()],
    version: versionOf(sources),
    options: ofPipeline as unknown as BellwetherOptions,
    gateway: gateway as GatewayOptions,
  }
}

async function found(directory: string): Promise<string> {
  const file = await findConfig(directory)
  if (file !== undefined) return file
  throw new PipelineError(
    "config-missing",
    `There is no bellwether.config.{${formats.join()}} in ${resolve(directory)}: make one, or name another file.`,
  )
}

function refuse(file: string, faults: readonly string[]): void {
  if (faults.length === 0) return
  const told =
    faults.length === 1 ? faults.join() : [`${faults.length} options are wrong:`, ...faults].join("\n- ")
  throw new PipelineError("invalid-options", `${file}: ${told}`, { faults })
}

/** Whatever code may tell of its surroundings, but for paths. */
const valuesOf = (variables: Variables): readonly string[] =>
  Object.values(variables).flatMap((value) => (value === undefined || value.startsWith("/") ? [] : [value]))

/** Whether a fault is about a path, or what is within: where a variable is missing, nothing more is told. */
const isAbout = (fault: string, path: string): boolean =>
  [" ", ".", "["].some((end) => fault.startsWith(path + end))

const withoutFunction = (fault: string): string =>
  fault.includes(" must be a function")
    ? `${fault} Only a config in TypeScript or JavaScript can hold one.`
    : fault
