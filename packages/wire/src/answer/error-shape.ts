import type { Grammar } from "../request/operation.ts"

/** An error of ours, toward an SDK. What else it carries travels in the body's `error` beside the known members. */
export interface ShapedError extends Readonly<Record<string, unknown>> {
  /** A sentence for the person who reads the exception. */
  readonly message: string
  /** OpenAI's word for the kind of error; of a failure class it stands in the failure table. */
  readonly type: string
  readonly code: string
  readonly param?: string | null
}

/** What Anthropic calls the types that it has another word for. */
const anthropicTypes: Readonly<Record<string, string>> = {
  server_error: "api_error",
  insufficient_quota: "billing_error",
}

/**
 * The JSON body of an error response, in the shape that SDKs of the grammar read: `{ error: {…} }`, for Anthropic's
 * `{ type: "error", error: {…} }`.
 */
export const errorBody = (grammar: Grammar | undefined, error: ShapedError): string =>
  JSON.stringify(
    grammar === "messages"
      ? { type: "error", error: { ...error, type: anthropicTypes[error.type] ?? error.type } }
      : { error: { ...error, param: error.param ?? null } },
  )

const encoder = new TextEncoder()

/**
 * The event that ends a stream with an error in every version of the SDKs. It must follow a whole event: what stands
 * behind the last blank line has to be held back.
 */
export const errorEvent = (grammar: Grammar | undefined, error: ShapedError): Uint8Array<ArrayBuffer> =>
  encoder.encode(`event: error\ndata: ${errorBody(grammar, error)}\n\n`)
