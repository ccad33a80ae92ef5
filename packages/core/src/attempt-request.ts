import { replaceModel } from "@bellwether/wire"
import type { Endpoint } from "./endpoint.ts"
import type { LiveAttempt } from "./live-attempt.ts"
import type { AttemptRequest, CallRequest, RequestBody } from "./request.ts"

/** The call's request as this endpoint wants it: its URL, its name of the model. */
export function createAttemptRequest(
  { call, model, signal, target }: LiveAttempt,
  { method, path, query, headers, body }: CallRequest,
  { apiVersion, baseURL, models, provider }: Endpoint,
): AttemptRequest {
  const named = model === undefined ? undefined : (models.get(model) ?? model)
  const url = provider.url({ baseURL, path, query, model: named, apiVersion })
  return {
    url,
    target,
    method,
    headers,
    body: named === undefined || named === call.model ? body : withModel(body, named),
    signal,
    redirect: "manual",
    duplex: body instanceof ReadableStream ? "half" : undefined,
  }
}

function withModel(body: RequestBody | undefined, model: string): RequestBody | undefined {
  if (typeof body === "string" || body instanceof Uint8Array) return replaceModel(body, model)
  if (!(body instanceof FormData)) return body
  const form = new FormData()
  for (const [name, value] of body)
    if (typeof value === "string") form.append(name, name === "model" ? model : value)
    else form.append(name, value, value.name)
  return form
}
