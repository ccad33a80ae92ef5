import type { CallInput } from "@bellwether/core"
import type { Refusal } from "../answers/refusal.ts"
import { sendAnswer } from "../answers/send-answer.ts"
import { modelFault } from "../callers/model-access.ts"
import { deadlineOf } from "../requests/deadline.ts"
import { forwardedHeaders } from "../requests/forwarded-headers.ts"
import {
  BodyRefused,
  hasBody,
  isReadWhole,
  readPieces,
  readWhole,
  tooLarge,
} from "../requests/request-body.ts"
import type { Exchange } from "./exchange.ts"
import { noPath } from "./refusals.ts"

/** Makes a caller's request a call of the pipeline, and sends back what becomes of it. */
export async function passOn(exchange: Exchange): Promise<Refusal | undefined> {
  const { incoming, outgoing, running, clock, caller } = exchange
  const { url = "", method = "", headers } = incoming
  const { maxBodyBytes, slowClientMs } = running.settings
  const route = running.pipeline.route(url.replace(/^\/v1(?=[/?]|$)/, ""))
  if (route === undefined || route.path === "/") return noPath
  if (Number(headers["content-length"] ?? 0) > maxBodyBytes) return tooLarge(maxBodyBytes)

  const gone = new AbortController()
  const leave = (): void => gone.abort()
  outgoing.once("close", leave)
  let refused: Refusal | undefined
  const refuse = (refusal: Refusal): void => {
    refused ??= refusal
    gone.abort()
  }
  try {
    const body = await bodyOf(exchange, refuse)
    const models = caller?.models
    const bytes = body instanceof Uint8Array ? body : undefined
    const contentType = headers["content-type"] ?? ""
    const asked = { method, path: route.path, model: route.model, contentType, body: bytes }
    const fault = models && (await modelFault(asked, models))
    if (fault !== undefined) return fault
    const result = await running.pipeline.call({
      ...route,
      method,
      headers: forwardedHeaders(headers, caller?.id),
      body,
      signal: gone.signal,
      deadlineMs: deadlineOf(headers),
    })
    if (refused !== undefined) return refused
    const hasTrail = headers["x-bellwether-trail"] === "true"
    await sendAnswer(result, outgoing, { clock, slowClientMs, hasTrail })
    return undefined
  } catch (error) {
    if (error instanceof BodyRefused) return refused
    throw error
  } finally {
    outgoing.off("close", leave)
  }
}

/** The body: whole where that is cheap or has to be looked at, else as it arrives. */
async function bodyOf(
  { incoming, outgoing, running, clock, caller }: Exchange,
  refuse: (refusal: Refusal) => void,
): Promise<Uint8Array<ArrayBuffer> | Exclude<CallInput["body"], BodyInit>> {
  if (!hasBody(incoming)) return undefined
  // Nobody sends a body for nothing: it is asked for only now.
  if (incoming.headers.expect !== undefined) outgoing.writeContinue()
  const { maxBodyBytes, slowClientMs } = running.settings
  const reading = { maxBodyBytes, slowClientMs, clock, refuse }
  const isWhole = caller?.models !== undefined || isReadWhole(incoming)
  return isWhole ? readWhole(incoming, reading) : readPieces(incoming, reading)
}
