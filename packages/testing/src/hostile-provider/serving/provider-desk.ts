import type { Clock, Random } from "@bellwether/core"
import { defaultModels, type HostileProviderOptions } from "../options.ts"
import type { ArrivingRequest } from "../received-request.ts"
import { jsonReply, withHeaders, type Reply } from "../reply.ts"
import { hintHeaders } from "../retry-hint.ts"
import { defaultAnswer } from "./default-answer.ts"
import { errorReply } from "./error-reply.ts"
import { grammars, isGenerating, speaks, type GeneratingRoute } from "./generating.ts"
import { generate, heard } from "./generation.ts"
import { limitDesk } from "./limits.ts"
import { modelsReply } from "./models.ts"
import { createdSeconds } from "./order.ts"
import { paced } from "./pace.ts"
import { refusal, works, type House } from "./refusal.ts"
import { isResourceKind, resourceReply } from "./resources.ts"
import { finishedResponse } from "./responses.ts"

/** An answer, and what to do when it has been given. */
export interface Served {
  readonly reply: Reply
  /** The same answer, not as a stream. */
  readonly plain: () => Reply
  readonly release: () => void
}

/** Answers as a healthy provider would: with what was asked for, or with the real error. */
export type ProviderDesk = (request: ArrivingRequest) => Promise<Served>

/** What a desk stands on. */
export interface Premises {
  readonly clock: Clock
  readonly random: Random
  /** Goes into ids, so that no two providers on a machine share one. */
  readonly mark: string
}

const settled = (reply: Reply, release: () => void = () => {}): Served => ({
  reply,
  plain: () => reply,
  release,
})

export const providerDesk = (
  options: HostileProviderOptions,
  { clock, random, mark }: Premises,
): ProviderDesk => {
  const { models = defaultModels, prefill = "continue", answer = defaultAnswer(random) } = options
  const pace = { latencyMs: options.latencyMs ?? 0, tokensPerSecond: options.tokensPerSecond ?? Infinity }
  const limits = limitDesk(options.limits ?? {}, clock)
  const house: House = {
    keys: options.keys,
    models,
    prefill,
    hasQuota: options.quota !== undefined,
    shelf: new Map(),
  }
  const dailyLimit = options.quota?.dailyLimit ?? Infinity
  let dailyUsed = options.quota?.dailyUsed ?? 0

  const idsOf =
    (request: ArrivingRequest) =>
    (prefix: string, part: number = 0) =>
      `${prefix}${mark}${request.number.toString(36).padStart(8, "0")}${part.toString(36).padStart(2, "0")}`

  const look = async (request: ArrivingRequest): Promise<Reply> => {
    const { route } = request
    if (route === "usage") return jsonReply(200, { daily_limit: dailyLimit, daily_used: dailyUsed })
    if (!isResourceKind(route)) return modelsReply(request, models)
    const seconds = createdSeconds({ dateMs: clock.date() })
    return resourceReply(route, request, house.shelf, { id: idsOf(request), seconds })
  }

  const work = (request: ArrivingRequest, route: GeneratingRoute): Served => {
    const generation = speaks(route) ? generate(request, answer, prefill === "continue") : heard(request)
    const tokens = generation.inputTokens + generation.outputTokens
    const admission = limits.admit(request.key ?? "", tokens, request.dialect)
    if (!admission.admitted) {
      const refused = errorReply("rate-limited", request, admission.reason)
      const hint = { ms: admission.retryAfterMs }
      const hints = {
        ...hintHeaders({ as: "seconds", ...hint }, clock.date()),
        ...hintHeaders({ as: "milliseconds", ...hint }, clock.date()),
      }
      return settled(withHeaders(refused, { ...admission.headers, ...hints }))
    }
    const { headers, release } = admission
    if (dailyUsed >= dailyLimit) return settled(errorReply("insufficient-quota", request), release)
    dailyUsed += tokens
    const order = { request, generation, dateMs: clock.date(), id: idsOf(request) }
    if (route === "responses" && request.json?.["store"] !== false) {
      const json = finishedResponse(order)
      house.shelf.set(json.id, { json })
    }
    const written = (stream: boolean): Reply => {
      const reply = grammars[route]({ ...order, stream }, random)
      return withHeaders(paced(reply, generation.outputTokens, pace), headers)
    }
    return { reply: written(request.stream), plain: () => written(false), release }
  }

  return async (request) => {
    const { route } = request
    const refused = refusal(request, house)
    const served =
      refused === undefined && works(request) && isGenerating(route)
        ? work(request, route)
        : settled(refused ?? (await look(request)))
    const requestId = idsOf(request)("req_")
    const idHeader = request.dialect === "anthropic" ? "request-id" : "x-request-id"
    return { ...served, reply: withHeaders(served.reply, { [idHeader]: requestId }) }
  }
}
