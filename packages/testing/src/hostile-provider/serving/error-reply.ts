import type { ReceivedRequest } from "../received-request.ts"
import { documentReply, type Reply } from "../reply.ts"
import { accountErrors } from "./account-errors.ts"
import { callerErrors } from "./caller-errors.ts"
import type { ProviderError } from "./provider-error.ts"
import { serverErrors } from "./server-errors.ts"

/** Every error the provider knows, by name, with the bodies real providers send. */
export const providerErrors = { ...callerErrors, ...accountErrors, ...serverErrors }

/** The name of an error in the catalogue. */
export type ProviderErrorName = keyof typeof providerErrors

/** The names of all errors. */
export const providerErrorNames = Object.keys(providerErrors) as readonly ProviderErrorName[]

/** An error worded for one request. */
export interface WordedError {
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** The error object itself, as it also appears inside a stream; an HTML page has a stand-in. */
  readonly error: Readonly<Record<string, unknown>>
}

/** What of a request its errors speak of. */
export type Asking = Pick<ReceivedRequest, "dialect" | "model" | "key" | "method" | "number">

/** Words an error as a provider of the request's dialect would; `message` replaces its sentence. */
export const wordError = (name: ProviderErrorName, request: Asking, message?: string): WordedError => {
  const row: ProviderError = providerErrors[name]
  const { openai, azure, anthropic } = row
  if (request.dialect === "anthropic" && (anthropic !== undefined || !("html" in openai))) {
    const said = anthropic ?? { type: "api_error", message: sentenceOf(row) }
    const error = { type: said.type, message: message ?? said.message }
    const body = { type: "error", error, request_id: `req_${String(request.number).padStart(24, "0")}` }
    return worded(said.status ?? row.status, body, error, request)
  }
  if ("html" in openai) {
    const error = {
      message: `Answered ${row.status} by a proxy.`,
      type: "server_error",
      param: null,
      code: null,
    }
    return { status: row.status, contentType: "text/html; charset=UTF-8", text: openai.html, error }
  }
  const own = request.dialect === "azure" ? (azure ?? openai) : openai
  if ("json" in own) return worded(row.status, own.json, innerError(own.json), request)
  const { param = null, type, code } = own
  const error = { message: message ?? own.message, type, param, code }
  return worded(row.status, { error }, error, request)
}

/** The whole answer for an error. */
export const errorReply = (name: ProviderErrorName, request: Asking, message?: string): Reply => {
  const { status, contentType, text } = wordError(name, request, message)
  const { headers }: ProviderError = providerErrors[name]
  return documentReply(status, contentType, text, headers)
}

const worded = (status: number, body: unknown, error: unknown, request: Asking): WordedError => {
  const text = JSON.stringify(body, (_, value: unknown) => filled(value, request))
  const named = JSON.stringify(error, (_, value: unknown) => filled(value, request))
  return { status, contentType: "application/json", text, error: JSON.parse(named) as WordedError["error"] }
}

/** Filled in value by value, so that a quote in a model's name cannot break the JSON. */
const filled = (value: unknown, { model, key, method }: Asking): unknown => {
  if (typeof value !== "string") return value
  return value
    .replaceAll("{model}", () => model ?? "gpt-4o")
    .replaceAll("{key}", () => masked(key ?? ""))
    .replaceAll("{method}", method)
}

const masked = (key: string): string => (key.length < 12 ? "****" : `${key.slice(0, 3)}****${key.slice(-4)}`)

const sentenceOf = ({ openai }: ProviderError): string => {
  if ("message" in openai) return openai.message
  const { message } = "json" in openai ? (innerError(openai.json) as { readonly message?: unknown }) : {}
  return typeof message === "string" ? message : "The request was refused."
}

const innerError = (body: unknown): unknown => (body as { readonly error?: unknown }).error ?? body
