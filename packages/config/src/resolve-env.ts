import { liveNames } from "./define-config.ts"
import type { EnvReference } from "./env.ts"
import { isPlain, within } from "./plain.ts"
import type { PlainObject } from "./plain.ts"

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>

/** A config with its variables put in. */
export interface Resolved {
  /** The same data, `undefined` where there is a fault. */
  readonly data: PlainObject
  /** What is wrong, by its path. */
  readonly faults: ReadonlyMap<string, string>
  /** What the variables held. */
  readonly taken: readonly string[]
}

/** Deeper than any option, shallower than the stack. */
const maxDepth = 32

const isReference = (value: PlainObject): value is PlainObject & { readonly env: string } =>
  typeof value["env"] === "string" && Object.keys(value).every((name) => name === "env" || name === "default")

/** Puts the variables into a config; the config itself stays as it is. */
export function resolveEnv(config: PlainObject, variables: Variables): Resolved {
  const faults = new Map<string, string>()
  const taken: string[] = []

  function variable({ env, default: fallback }: EnvReference, path: string): string | undefined {
    if (fallback !== undefined && typeof fallback !== "string") {
      faults.set(`${path}.default`, "must be a text: put it in quotes.")
      return undefined
    }
    const value = Object.hasOwn(variables, env) ? variables[env] : undefined
    if (value !== undefined && value !== "") {
      taken.push(value)
      return value
    }
    if (fallback === undefined)
      faults.set(path, `the environment variable ${env} is not set: set it, or give it a default.`)
    return fallback
  }

  function resolved(value: unknown, path: string, around: readonly unknown[]): unknown {
    if (!Array.isArray(value) && !isPlain(value)) return value
    if (around.includes(value)) return void faults.set(path, "contains itself.")
    if (around.length > maxDepth) return void faults.set(path, "is nested too deeply.")
    const inner = [...around, value]
    if (Array.isArray(value)) return value.map((entry, index) => resolved(entry, `${path}[${index}]`, inner))
    return isReference(value) ? variable(value, path) : members(value, path, inner)
  }

  function members(value: PlainObject, path: string, around: readonly unknown[]): PlainObject {
    const entries = Object.entries(value).map(([name, entry]) => {
      const inner = within(path, name)
      if (name === "__proto__") return [name, void faults.set(inner, "is a name that nothing can have.")]
      return [name, path === "" && liveNames.has(name) ? entry : resolved(entry, inner, around)]
    })
    return Object.fromEntries(entries.filter(([name]) => name !== "__proto__")) as PlainObject
  }

  return { data: members(config, "", [config]), faults, taken }
}
