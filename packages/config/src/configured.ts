import type { EnvReference } from "./env.ts"

/** The same options as a config file may hold them: every text may also come from an environment variable. */
export type Configured<Value> = Value extends string
  ? Value | EnvReference
  : Value extends (...given: never) => unknown
    ? Value
    : Value extends readonly (infer Entry)[]
      ? readonly Configured<Entry>[]
      : Value extends object
        ? { readonly [Name in keyof Value]: Configured<Value[Name]> }
        : Value
