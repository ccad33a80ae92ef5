import type { IncomingMessage, ServerResponse } from "node:http"
import type { Engine } from "../engine/engine.ts"
import { listModels } from "../models/list-models.ts"
import { letPages } from "../requests/cors.ts"
import { admit } from "./admit.ts"
import { passOn } from "./pass-on.ts"

/** OpenAI's and Anthropic's addresses, and Azure's, whose SDK puts the deployment into them. */
const isCall = /^\/(?:v1|openai)(?:[/?]|$)/

const isModelList = /^\/v1\/models(?:\?|$)/

/**
 * Answers what is meant for providers, beside the framework: going through it costs as much as half of a proxy, and
 * nothing of it is used where answers are written to the socket piece by piece (docs/decisions/0016-hot-path.md).
 *
 * @returns whether it was
 */
export function takeCall(incoming: IncomingMessage, outgoing: ServerResponse, engine: Engine): boolean {
  const { url = "", method } = incoming
  if (!isCall.test(url)) return false
  if (letPages(incoming, outgoing, engine.running.settings.cors)) return true
  const isListing = (method === "GET" || method === "HEAD") && isModelList.test(url)
  void admit(incoming, outgoing, engine, isListing ? listModels : passOn)
  return true
}
