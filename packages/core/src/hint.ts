import { instead } from "./option-wording.ts"
import { PipelineError } from "./pipeline-error.ts"

/** What a caller may ask of a single call, with the header `x-bellwether-<name>`. */
export interface Hint<T> {
  /** In kebab-case. */
  readonly name: string
  /** What its values look like, to end "it must be …" with. */
  readonly wants: string
  /** The value a text stands for; `undefined` for a text that is none. */
  read(text: string): T | undefined
  /** What is wrong with a value of the right form: sentences that begin with the header's name. */
  check?(value: T, header: string): readonly string[]
}

/** Makes a {@link Hint}. A plugin lists those it reads in `places.hints`, and asks for their values by `call.hint`. */
export function defineHint<T>(name: string, wants: string, read: (text: string) => T | undefined): Hint<T> {
  return { name, wants, read }
}

/** A hint that holds milliseconds. */
export function durationHint(name: string): Hint<number> {
  return defineHint(name, "a number of milliseconds above 0", (text) => {
    const ms = Number(text)
    return ms > 0 && Number.isFinite(ms) ? ms : undefined
  })
}

/** How long this call may take, instead of as long as usual. */
export const Deadline: Hint<number> = durationHint("deadline-ms")

/** A name the caller gives to what the call is for, such as a team or a feature: `x-bellwether-tag: search`. */
export const Tag: Hint<string> = defineHint(
  "tag",
  "up to 64 letters, digits, dots, dashes or underscores",
  (text) => (/^[\w.-]{1,64}$/.test(text) ? text : undefined),
)

/**
 * Who makes the call, where several share a pipeline: `x-bellwether-caller: team-a`. Whoever lets callers in writes it,
 * so that none can take another's name.
 */
export const Caller: Hint<string> = defineHint(
  "caller",
  "up to 128 letters, digits, dots, dashes or underscores",
  (text) => (/^[\w.-]{1,128}$/.test(text) ? text : undefined),
)

/** What a hint's header begins with. */
export const hintPrefix = "x-bellwether-"

/** Hints as they came: texts by name. */
export type RawHints = ReadonlyMap<string, string>
/** Hints as they were read: values by name. */
export type Hints = ReadonlyMap<string, unknown>

/**
 * Reads the hints of calls.
 *
 * @throws PipelineError `hint-defined-twice`
 */
export function createHintReader(known: readonly Hint<unknown>[]): (raw: RawHints) => Hints | string {
  const byName = new Map<string, Hint<unknown>>()
  for (const hint of known) {
    if (byName.has(hint.name))
      throw new PipelineError(
        "hint-defined-twice",
        `Two plugins read the hint "${hint.name}": leave one out.`,
      )
    byName.set(hint.name, hint)
  }
  return (raw) => {
    const hints = new Map<string, unknown>()
    const faults: string[] = []
    for (const [name, text] of raw) {
      const hint = byName.get(name)
      const value = hint?.read(text.trim())
      const header = `The header ${hintPrefix}${name}`
      if (hint === undefined) faults.push(unknownHint(name, [...byName.keys()]))
      else if (value === undefined) faults.push(`${header} must be ${hint.wants}.`)
      else {
        faults.push(...(hint.check?.(value, header) ?? []))
        hints.set(name, value)
      }
    }
    return faults.length === 0 ? hints : faults.join(" ")
  }
}

const unknownHint = (name: string, names: readonly string[]): string =>
  `There is no header ${hintPrefix}${name}: ${instead(name, names)}`
