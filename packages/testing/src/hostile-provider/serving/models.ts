import type { ArrivingRequest } from "../received-request.ts"
import { jsonReply, type Reply } from "../reply.ts"
import { errorReply } from "./error-reply.ts"

/** `GET /models` and `GET /models/{id}`. */
export const modelsReply = ({ request, place }: ArrivingRequest, models: readonly string[]): Reply => {
  const describe = (id: string) =>
    request.dialect === "anthropic"
      ? { type: "model", id, display_name: id, created_at: "2026-01-01T00:00:00Z" }
      : { id, object: "model", created: 1_767_225_600, owned_by: "hostile" }
  if (place.rest.length === 0) {
    const data = models.map(describe)
    const page = { first_id: models[0] ?? null, last_id: models.at(-1) ?? null, has_more: false }
    return jsonReply(200, request.dialect === "anthropic" ? { data, ...page } : { object: "list", data })
  }
  const id = place.rest.join("/")
  return models.includes(id)
    ? jsonReply(200, describe(id))
    : errorReply("model-missing", { ...request, model: id })
}
