import { replaceModel } from "@bellwether/wire"
import type { Endpoint } from "./endpoint.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import type { AttemptRequest, CallRequest, RequestBody } from "./request.ts"

/** The call's request as this endpoint wants it: its URL, its name of the model. */
export function createAttemptRequest(
  { call, signal, target }: LiveAttempt,
  { method, path, query, headers, body }: CallRequest,
  { apiVersion, baseURL, models, provider }: Endpoint,
): AttemptRequest {
  const mapped = call.model === undefined ? undefined : models.get(call.model)
  const url = provider.url({ baseURL, path, query, model: mapped ?? call.model, apiVersion })
  const request = { url, target, method, headers, signal, redirect: "manual" } as const
  if (body === undefined) return request
  if (body instanceof ReadableStream) return { ...request, body, duplex: "half" }
  return { ...request, body: mapped === undefined ? body : withModel(body, mapped) }
}

function withModel(body: RequestBody, model: string): RequestBody {
  if (typeof body === "string" || body instanceof Uint8Array) return replaceModel(body, model)
  if (!(body instanceof FormData)) return body
  const form = new FormData()
  for (const [name, value] of body)
    if (typeof value === "string") form.append(name, name === "model" ? model : value)
    else form.append(name, value, value.name)
  return form
}
