import type { ArrivingRequest, ReceivedRequest } from "../received-request.ts"
import type { Reply } from "../reply.ts"
import { errorReply, type ProviderErrorName } from "./error-reply.ts"
import { isGenerating } from "./generating.ts"
import { prefillOf } from "./request-body.ts"
import { isResourceKind, type Shelf } from "./resources.ts"

/** What a request has to get past. */
export interface House {
  readonly keys: readonly string[] | undefined
  readonly models: readonly string[]
  readonly prefill: "continue" | "ignore" | "refuse"
  readonly hasQuota: boolean
  readonly shelf: Shelf
}

/** Why a real provider would turn this request away before any model has seen it. */
export const refusal = (arriving: ArrivingRequest, house: House): Reply | undefined => {
  const { request } = arriving
  const error = pathError(arriving, house) ?? keyError(request, house)
  if (error !== undefined) return errorReply(error, request)
  return works(arriving) ? bodyRefusal(request, house) : undefined
}

/** Whether the request makes a model work; a response that is kept can also be fetched. */
export const works = ({ place }: ArrivingRequest): boolean =>
  isGenerating(place.route) && place.rest.length === 0

const pathError = (arriving: ArrivingRequest, { hasQuota }: House): ProviderErrorName | undefined => {
  const { place, request } = arriving
  const { route, method, query } = request
  if (route === "unknown" || (route === "usage" && !hasQuota)) return "unknown-path"
  if (isGenerating(route) && !works(arriving) && !isResourceKind(route)) return "unknown-path"
  if (place.deployment !== undefined && query["api-version"] === undefined) return "unknown-path"
  const allowed = works(arriving) ? ["POST"] : isResourceKind(route) ? ["GET", "POST", "DELETE"] : ["GET"]
  return allowed.includes(method) ? undefined : "method-not-allowed"
}

const keyError = ({ key }: ReceivedRequest, { keys }: House): ProviderErrorName | undefined => {
  if (keys === undefined) return undefined
  if (key === undefined || key === "") return "missing-key"
  return keys.includes(key) ? undefined : "invalid-key"
}

const bodyRefusal = (request: ReceivedRequest, { models, prefill, shelf }: House): Reply | undefined => {
  const { json, model } = request
  if (json === undefined) return errorReply("malformed-request", request)
  if (model === undefined) return errorReply("missing-model", request)
  if (!models.includes(model)) return errorReply("model-missing", request)
  if (prefill === "refuse" && prefillOf(json) !== "") return errorReply("prefill-unsupported", request)
  const previous = json["previous_response_id"]
  if (typeof previous !== "string" || shelf.has(previous)) return undefined
  return errorReply(
    "previous-response-missing",
    request,
    `Previous response with id '${previous}' not found.`,
  )
}
