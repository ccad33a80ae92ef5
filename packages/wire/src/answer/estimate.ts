import { isObject, parseJson } from "../json-value.ts"

/** Four characters are a token, on average and in English: a rule of thumb OpenAI gives. */
const charactersPerToken = 4

/** Tokens of a text, roughly: one for four characters. */
export const estimateTokens = (characters: number): number => Math.ceil(characters / charactersPerToken)

/** Members of a request body that a model reads. */
const read = ["messages", "input", "prompt", "system", "instructions", "tools"]

/**
 * Tokens of a request's conversation, roughly: what of its JSON a model reads, without images and files. 0 for a body
 * that is no JSON object.
 */
export const estimateInput = (body: string | Uint8Array): number => {
  const value = parseJson(typeof body === "string" ? body : new TextDecoder().decode(body))
  if (!isObject(value)) return 0
  return estimateTokens(read.reduce((sum, name) => sum + charactersOf(value[name]), 0))
}

/** Without a call for each level: who sends a request decides how deep it is. */
const charactersOf = (value: unknown): number => {
  const waiting = [value]
  let characters = 0
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === "string") characters += isBinary(next) ? 0 : next.length
    else if (typeof next === "object" && next !== null)
      for (const entry of Object.values(next) as unknown[]) waiting.push(entry)
  }
  return characters
}

/** Data URLs, and base64 beside its media type: no text has so long a word. */
const isBinary = (text: string): boolean =>
  text.startsWith("data:") || (text.length > 1_000 && !/\s/.test(text.slice(0, 1_000)))
