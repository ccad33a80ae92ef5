import { isPlain } from "./plain.ts"

/** Takes secrets out of a text. */
export type Scrub = (text: string) => string

/** Names of variables and options whose values are secrets. */
const secretName = /auth|cookie|key|password|secret|token|value/i

/** Sentences cite up to so many letters of a text (core's option wording). */
const citedLetters = 40

/** Shorter texts are no secrets, and may be parts of words. */
const fewestLetters = 8

/** Takes these out of texts, whole or as far as sentences cite them. */
export function scrubOf(secrets: readonly string[]): Scrub {
  const cited = secrets
    .flatMap((secret) => [secret, secret.trim(), secret.slice(0, citedLetters)])
    .filter((secret) => secret.length >= fewestLetters)
    .toSorted((a, b) => b.length - a.length)
  return (text) => cited.reduce((clean, secret) => clean.replaceAll(secret, "[secret]"), text)
}

/** What stands in data under names that sound like a secret. */
export function secretsIn(data: unknown, name = ""): readonly string[] {
  if (Array.isArray(data)) return data.flatMap((entry) => secretsIn(entry, name))
  if (isPlain(data)) return Object.entries(data).flatMap(([inner, entry]) => secretsIn(entry, inner))
  return secretName.test(name) && (typeof data === "string" || typeof data === "number") ? [String(data)] : []
}
