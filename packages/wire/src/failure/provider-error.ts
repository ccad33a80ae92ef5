import { isObject, type JsonObject, parseJson, readText } from "../json-value.ts"

/**
 * An error in a provider's own words. The text is theirs: show or log it only where the user asked for it, and
 * scrubbed.
 */
export interface ProviderError {
  readonly message?: string
  readonly type?: string
  readonly code?: string
  readonly param?: string
}

const longestMessage = 2000

const bound = (text: string): string =>
  text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text

/** Codes and types are strings at OpenAI, numbers at OpenRouter, vLLM and Google. */
const readName = (value: unknown): string | undefined =>
  typeof value === "number" ? String(value) : readText(value)?.slice(0, 128)

/** The text of a message, or of the first entry of a list of complaints such as FastAPI's `[{ loc, msg }]`. */
const readMessage = (value: unknown): string | undefined => {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (!isObject(first)) return readText(first)
  return readText(first.msg) ?? readText(first.message)
}

const readFields = (value: JsonObject): ProviderError | undefined => {
  const message = [value.message, value.msg, value.error, value.detail]
    .map(readMessage)
    .find((text) => text !== undefined)
  // Google calls its type `status`; a numeric `status` only repeats the HTTP status.
  const type = readName(value.type) ?? readText(value.status)
  const code = readName(value.code)
  const param = readName(value.param)
  if (message === undefined && type === undefined && code === undefined) return undefined
  return {
    ...(message !== undefined && { message: bound(message) }),
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
  }
}

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || value === false || value === 0

/** Whether the value, or everything in it, is blank: some providers send such an error with every answer. */
const isNoError = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.values(value).every(isBlank) : isBlank(value)

/**
 * The error that a parsed value carries under `error`, whatever its shape; undefined when there is nothing in it.
 */
export const readErrorMember = (value: unknown): ProviderError | undefined => {
  if (!isObject(value) || isNoError(value.error)) return undefined
  return readFields(isObject(value.error) ? value.error : value) ?? {}
}

/**
 * The error of a parsed value that is known to be one, in whatever shape: `{ error: {…} }`, `{ error: "…" }`,
 * `{ message }`, `{ detail }`, or a list with such an object.
 */
export const readErrorValue = (value: unknown): ProviderError => {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (typeof first === "string") return first === "" ? {} : { message: bound(first) }
  return readErrorMember(first) ?? (isObject(first) ? readFields(first) : undefined) ?? {}
}

const readPlainText = (body: string): ProviderError => {
  const text = body.trim()
  if (text === "") return {}
  const title = /^<(?:!doctype|html|\?xml|head)/i.test(text)
    ? /<title[^>]{0,200}>([^<]{0,500})/i.exec(text.slice(0, 20_000))?.[1]?.trim()
    : undefined
  return { message: bound(title || text) }
}

/**
 * The error in the body of a response that failed: any of the JSON shapes providers use, the title of an HTML page,
 * or plain text (cut after 2,000 characters). Nothing is made up: an empty body is an empty error.
 */
export const readProviderError = (body: string): ProviderError => {
  const value = parseJson(body)
  return typeof value === "object" && value !== null ? readErrorValue(value) : readPlainText(body)
}
