import { inside, instead, kindOf, listed, shown, withArticle } from "./option-wording.ts"
import type { Kind } from "./option-wording.ts"
import { PipelineError } from "./pipeline-error.ts"

/** Looks at one option and says what is wrong with it: a sentence per fault, beginning with the option's path. */
export type Check = (value: unknown, path: string) => readonly string[]

/** A check for every option there is, so that the compiler finds the one that was forgotten. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check }

/**
 * Refuses bad options at construction, all faults at once. An option left out is fine unless its check is
 * `required`, and so are no options at all.
 *
 * @param path where the options stand, such as the name of the plugin; every sentence begins with it
 * @throws PipelineError `invalid-options`, with a sentence per fault in `faults`
 */
export const checkOptions = <Options extends object>(
  path: string,
  options: Options | undefined,
  checks: Checks<NoInfer<Options>>,
): void => refuseFaults(shape(checks)(options ?? {}, path))

/**
 * Throws if there are faults; for what no single check can see, such as two options that exclude each other.
 *
 * @throws PipelineError `invalid-options`
 */
export const refuseFaults = (faults: readonly string[]): void => {
  if (faults.length === 0) return
  const message =
    faults.length === 1 ? faults.join() : [`${faults.length} options are wrong:`, ...faults].join("\n- ")
  throw new PipelineError("invalid-options", message, { faults })
}

/** The building block of plain checks: `must("a number above 0", (value) => …)`. */
export const must =
  (rule: string, isRight: (value: unknown) => boolean): Check =>
  (value, path) =>
    value === undefined || isRight(value) ? [] : [`${path} must be ${rule}, not ${shown(value)}.`]

/** Turns an option that may be left out into one that may not. */
export const required =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? [`${path} is missing.`] : check(value, path)

/** A check for each kind of value that is welcome: `either({ text, function: callable })`. */
export const either =
  (checks: { readonly [K in Kind]?: Check }): Check =>
  (value, path) => {
    const kinds = Object.keys(checks) as Kind[]
    const rule = listed(kinds.map(withArticle))
    return (checks[kindOf(value)] ?? must(rule, () => false))(value, path)
  }

const anObject = must("an object", (value) => kindOf(value) === "object")
const aList = must("a list", Array.isArray)

/** An object with these options and no others. */
export const shape =
  <Options extends object>(checks: Checks<Options>): Check =>
  (value, path) => {
    if (kindOf(value) !== "object") return anObject(value, path)
    const given = value as Readonly<Record<string, unknown>>
    const names = Object.keys(checks)
    const unknown = Object.keys(given).filter((name) => !names.includes(name))
    return [
      ...unknown.map((name) => `${inside(path, name)} is not an option; ${instead(name, names)}`),
      ...Object.entries<Check>(checks).flatMap(([name, check]) => check(given[name], inside(path, name))),
    ]
  }

/** An object whose names are free and whose values all pass one check. */
export const recordOf =
  (check: Check): Check =>
  (value, path) =>
    kindOf(value) === "object"
      ? Object.entries(value as object).flatMap(([name, entry]) => required(check)(entry, inside(path, name)))
      : anObject(value, path)

/** A list of at least `min` entries, all of which pass one check. */
export const listOf =
  (check: Check, { min = 0 }: { readonly min?: number } = {}): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return aList(value, path)
    if (value.length < min) return [`${path} must have at least ${min} ${min === 1 ? "entry" : "entries"}.`]
    return value.flatMap((entry: unknown, index) => required(check)(entry, `${path}[${index}]`))
  }
