import type { Classified } from "./classify.ts"
import { answerCut, bodyEnded, connectionLost, type ThrownRule, thrownRules } from "./thrown-rules.ts"

const longestChain = 10

interface Clue {
  readonly code: string
  readonly name: string
  readonly message: string
}

const readField = (error: object, field: "code" | "name" | "message"): string => {
  const value: unknown = Reflect.get(error, field)
  return typeof value === "string" ? value.slice(0, 1000) : ""
}

const next = (error: object): unknown => {
  const cause: unknown = Reflect.get(error, "cause")
  if (cause !== undefined && cause !== null) return cause
  // Trying several addresses of a host ends in an AggregateError with one error for each.
  const errors: unknown = Reflect.get(error, "errors")
  return Array.isArray(errors) ? errors[0] : undefined
}

/** The error and its causes. Getters of a foreign error may throw; what was read until then is enough. */
const chainOf = (error: unknown): readonly Clue[] => {
  const clues: Clue[] = []
  try {
    let current = error
    while (typeof current === "object" && current !== null && clues.length < longestChain) {
      clues.push({
        code: readField(current, "code"),
        name: readField(current, "name"),
        message: readField(current, "message"),
      })
      current = next(current)
    }
  } catch {
    return clues
  }
  return clues
}

const fits = (rule: ThrownRule, clue: Clue): boolean =>
  rule.code.test(clue.code) || rule.code.test(clue.name) || rule.message?.test(clue.message) === true

const describe = (rule: ThrownRule, code: string | undefined): Classified => ({
  class: rule.class,
  error: { message: rule.says, ...(code !== undefined && { code }) },
  ...(rule.sameTarget !== undefined && { sameTarget: rule.sameTarget }),
})

/**
 * What an error thrown by a transport means. The causes are searched from the innermost, at most ten deep: the wrapper
 * says "fetch failed" whatever happened. Without anything recognisable the connection counts as lost.
 *
 * The error's own text is not passed on, for it may hold the URL; its code is.
 *
 * @param phase - what was going on: the request, until the headers were there, or the reading of the body. A
 *   connection lost in the body is a `broken-response`, not `unreachable`.
 */
export const classifyThrown = (error: unknown, phase: "request" | "body" = "request"): Classified => {
  const clues = chainOf(error).toReversed()
  const code = clues.map((clue) => clue.code).find((candidate) => /^\w{1,64}$/.test(candidate))
  const inBody = phase === "body" || clues.some((clue) => bodyEnded.test(clue.message))
  const found = clues.flatMap((clue) => thrownRules.find((rule) => fits(rule, clue)) ?? [])
  const rule = found[0] ?? connectionLost
  return describe(inBody && rule.class === "unreachable" ? answerCut : rule, code)
}
