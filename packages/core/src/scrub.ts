import type { ProviderError } from "@bellwether/wire"
import type { Endpoint } from "./endpoint.ts"

/** A text without the endpoint's keys, which some providers repeat. */
export function scrubText(text: string, { secrets }: Endpoint): string {
  let clean = text
  for (const secret of secrets) clean = secret.scrub(clean)
  return clean
}

/** An error in the provider's words, without the endpoint's keys. */
export const scrubError = (error: ProviderError, endpoint: Endpoint): ProviderError =>
  Object.fromEntries(
    Object.entries(error).map(([name, text]: [string, string]) => [name, scrubText(text, endpoint)]),
  )

/** The headers of an error, without the endpoint's keys. */
export function scrubHeaders(headers: Headers, endpoint: Endpoint): Headers {
  const clean = new Headers(headers)
  for (const [name, value] of headers) {
    const text = scrubText(value, endpoint)
    if (text !== value) clean.set(name, text)
  }
  return clean
}
