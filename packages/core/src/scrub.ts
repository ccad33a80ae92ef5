import type { AnswerLabel, ProviderError } from "@bellwether/wire"
import type { ResponseHeaders } from "./bare-response.ts"
import type { Endpoint } from "./endpoint.ts"
import type { SecretKey } from "./secret-key.ts"

/** A text without the endpoint's keys, which some providers repeat. */
export function scrubText(text: string, { secrets }: Endpoint): string {
  let clean = text
  for (const secret of secrets) clean = secret.scrub(clean)
  return clean
}

/** Shorter ones are stand-ins for a key (`none`, `lm-studio`), and may be a word of any name. */
const shortestKey = 20

/** The name of a model, which a caller may have mistaken for a key, without any of these. */
export const scrubName = (name: string, secrets: readonly SecretKey[]): string =>
  name.length < shortestKey ? name : secrets.reduce((clean, secret) => secret.scrub(clean, shortestKey), name)

/** An error in the provider's words, without the endpoint's keys. */
export const scrubError = (error: ProviderError, endpoint: Endpoint): ProviderError =>
  Object.fromEntries(
    Object.entries(error).map(([name, text]: [string, string]) => [name, scrubText(text, endpoint)]),
  )

/** The headers of an error, without the endpoint's keys. */
export function scrubHeaders(headers: ResponseHeaders, endpoint: Endpoint): Headers {
  const clean = new Headers()
  for (const [name, value] of headers) clean.append(name, scrubText(value, endpoint))
  return clean
}

/** What an answer tells of itself; nothing of it when there is a key of the endpoint in it. */
export const withoutKeys = (
  label: AnswerLabel | undefined,
  { secrets }: Endpoint,
): AnswerLabel | undefined => {
  if (label === undefined) return undefined
  const { id, model, finishReasons = [] } = label
  const names = [id, model, ...finishReasons]
  const isClean = (secret: SecretKey): boolean =>
    !names.some((name) => name !== undefined && secret.isIn(name))
  return secrets.every(isClean) ? label : undefined
}
