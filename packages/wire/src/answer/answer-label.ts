/** What an answer tells of itself beside its content: names alone, never words of it. */
export interface AnswerLabel {
  readonly id?: string
  /** The model that answered, as the provider calls it. */
  readonly model?: string
  /** Why its choices ended, in the provider's words, in the order of the choices. */
  readonly finishReasons?: readonly string[]
}

/** A name is visible, has no blanks and an end; what is none may be anything, a prompt too. */
const name = /^[!-~]{1,200}$/
/** More choices than anybody compares. */
const maxReasons = 16

const isName = (value: unknown): value is string => typeof value === "string" && name.test(value)

/** The names among what stands where they should; undefined when there are none. */
export const readLabel = (
  id: unknown,
  model: unknown,
  finishReasons: readonly unknown[],
): AnswerLabel | undefined => {
  const reasons = finishReasons.slice(0, maxReasons).filter(isName)
  const label: { -readonly [Member in keyof AnswerLabel]: AnswerLabel[Member] } = {}
  if (isName(id)) label.id = id
  if (isName(model)) label.model = model
  if (reasons.length > 0) label.finishReasons = reasons
  return label.id === undefined && label.model === undefined && reasons.length === 0 ? undefined : label
}
