import { visible } from "../callers/model-access.ts"
import type { Refusal } from "../answers/refusal.ts"
import type { Exchange } from "../calls/exchange.ts"

const noModels: Refusal = {
  status: 503,
  code: "no-models",
  message: "No endpoint tells which models it has: look at the gateway's status page for why.",
  retryAfterMs: 5_000,
}

/** Answers `GET /v1/models`: what all endpoints have, as far as the caller may use it. */
export async function listModels(exchange: Exchange): Promise<Refusal | undefined> {
  const { incoming, outgoing, running, caller } = exchange
  const models = await running.models.read()
  if (models.length === 0) return noModels
  const data = models.filter(({ id }) => visible(caller?.models, id))
  // Anthropic's SDK reads the members behind the first two.
  const list = {
    object: "list",
    data,
    has_more: false,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
  const body = JSON.stringify(list)
  outgoing.writeHead(200, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
  })
  outgoing.end(incoming.method === "HEAD" ? undefined : body)
  return undefined
}
