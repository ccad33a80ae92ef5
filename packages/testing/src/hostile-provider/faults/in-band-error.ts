import type { ReceivedRequest } from "../received-request.ts"
import { event, type Piece } from "../reply.ts"
import { wordError, type ProviderErrorName } from "../serving/error-reply.ts"

/**
 * How an error is put inside a stream: a bare `data` line, a named `event: error`, or, in the Responses grammar only,
 * the terminal `response.failed`.
 */
export type InBandForm = (typeof inBandForms)[number]

/** All forms there are. */
export const inBandForms = ["data", "event", "failed"] as const

/** An error as an event of the request's grammar; `number` is its place in the stream. */
export const inBandError = (
  name: ProviderErrorName,
  request: ReceivedRequest,
  number: number,
  form: InBandForm = request.route === "responses" || request.route === "messages" ? "event" : "data",
): Piece => {
  const { error } = wordError(name, request)
  const { message, code = null, param = null } = error
  if (request.route === "messages") return event({ type: "error", error }, "noise", "error")
  if (request.route !== "responses") return event({ error }, "noise", form === "event" ? "error" : undefined)
  if (form !== "failed")
    return event({ type: "error", code, message, param, sequence_number: number }, "noise", "error")
  const response = {
    id: "resp_failed",
    object: "response",
    created_at: 0,
    status: "failed",
    model: request.model,
    error: { code: code ?? "server_error", message },
    incomplete_details: null,
    output: [],
    usage: null,
  }
  return event({ type: "response.failed", sequence_number: number, response }, "terminal", "response.failed")
}
