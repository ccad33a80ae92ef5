import type { Call, Attempt, Ending, Failure, Scope, Verdict } from "@bellwether/core"
import type { Fields } from "./logger.ts"
import { oneLine } from "./one-line.ts"

type Draft = Record<string, string | number | boolean>

/**
 * What of an event's data may stand in a log: numbers, flags, short texts, ids, classes. Everything else is left out,
 * whatever it holds; of an error its name and code, not its words.
 *
 * @param nowMs for times of the pipeline's clock (`untilMs`), which mean nothing outside: they are told as `forMs`
 */
export function plainFields(data: unknown, nowMs: number): Fields {
  const fields: Draft = {}
  if (typeof data !== "object" || data === null) return fields
  for (const [name, value] of Object.entries<unknown>(data as Record<string, unknown>)) {
    if (typeof value === "object" && value !== null) Object.assign(fields, ofObject(name, value, nowMs))
    else if (name === "untilMs" && typeof value === "number")
      fields["forMs"] = Math.max(0, Math.round(value - nowMs))
    else if (typeof value === "string") fields[name] = oneLine(value)
    else if (typeof value === "number") fields[name] = name.endsWith("Ms") ? Math.round(value) : value
    else if (typeof value === "boolean") fields[name] = value
  }
  return fields
}

/** Parts of events that are told with what is in them. */
const known: Readonly<Record<string, ((value: never, nowMs: number) => Draft) | undefined>> = {
  call: ({ id, operation, model }: Call) => ({ call: id, operation: operation.name, ...defined({ model }) }),
  attempt: ({ id, target, model, kind }: Attempt) => ({
    attempt: id,
    target: target.id,
    kind,
    ...defined({ model }),
  }),
  ending: ({ durationMs, failure }: Pick<Ending, "durationMs" | "failure">) => ({
    durationMs: Math.round(durationMs),
    ...(failure && ofFailure(failure)),
  }),
  scope: ({ endpoint, key, model }: Scope) => defined({ endpoint, key, model }),
  verdict: (verdict: Verdict, nowMs) => ({ ...plainFields(verdict, nowMs) }),
  result: (result: object, nowMs) => ({ ...plainFields(result, nowMs) }),
}

const ofFailure = ({ class: failureClass, code, status }: Failure): Draft =>
  defined({ class: failureClass, code, status })

function ofObject(name: string, value: object, nowMs: number): Fields {
  const tell = Object.hasOwn(known, name) ? known[name] : undefined
  if (tell !== undefined) return tell(value as never, nowMs)
  const { id, code } = value as Readonly<Record<string, unknown>>
  if (value instanceof Error)
    return { [name]: value.name, ...(typeof code === "string" && { [`${name}Code`]: oneLine(code) }) }
  return typeof id === "string" ? { [name]: oneLine(id) } : {}
}

function defined(parts: Readonly<Record<string, string | number | undefined>>): Draft {
  const fields: Draft = {}
  for (const [name, part] of Object.entries(parts))
    if (part !== undefined) fields[name] = typeof part === "string" ? oneLine(part) : part
  return fields
}
