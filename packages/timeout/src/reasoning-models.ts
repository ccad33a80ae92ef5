/** Names of models that think before they write, wherever in a name such as `openai/o3-mini:free` they stand. */
const thinking: readonly RegExp[] = [
  /\bo[1-9]\b/,
  /\bgpt-[5-9](?!.*chat)/,
  /\bgpt-oss\b/,
  /\bdeepseek[-.]r(?:\d|easoner)/,
  /\bgemini-(?:2\.5|[3-9][.\d]*)-pro/,
  /\bgrok-(?:3-mini|[4-9])/,
  /\bglm-(?:4\.[5-9]|[5-9]|z1)/,
  /\bminimax-m[1-9]/,
  /\bmagistral\b/,
  /\bqwq\b/,
  /\bdeep-?research\b/,
  /thinking|reason/,
]

/** Variants whose name says that they do not. */
const notThinking = /non-?(?:thinking|reason)/

/** Whether a model of this name can be silent for a minute or two before its first content. */
export function isReasoningModel(model: string): boolean {
  const name = model.toLowerCase()
  return !notThinking.test(name) && thinking.some((pattern) => pattern.test(name))
}
