import type { Clock, Random } from "@bellwether/core"
import { defaultModels, type HostileProviderOptions } from "../options.ts"
import type { ArrivingRequest, ReceivedRequest } from "../received-request.ts"
import { jsonReply, withHeaders, type Reply } from "../reply.ts"
import { hintHeaders } from "../retry-hint.ts"
import { defaultAnswer } from "./default-answer.ts"
import { errorReply } from "./error-reply.ts"
import { grammars, isGenerating, speaks, type GeneratingRoute } from "./generating.ts"
import { generate, heard } from "./generation.ts"
import { limitDesk, type Refused } from "./limits.ts"
import { modelsReply } from "./models.ts"
import { createdSeconds, type Order } from "./order.ts"
import { paced } from "./pace.ts"
import { refusal, works, type House } from "./refusal.ts"
import { isResourceKind, resourceReply, type Shelf } from "./resources.ts"
import { finishedResponse } from "./responses.ts"

/** An answer, and what to do when it has been given. */
export interface Served {
  readonly reply: Reply
  /** The same answer, not as a stream. */
  readonly plain: () => Reply
  readonly release: () => void
}

/** Answers as a healthy provider would: with what was asked for, or with the real error. */
export type ProviderDesk = (arriving: ArrivingRequest) => Promise<Served>

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

/** Opens the desk of a provider that behaves like this. */
export const providerDesk = (
  options: HostileProviderOptions,
  { clock, random, mark }: Premises,
): ProviderDesk => {
  const { models = defaultModels, prefill = "continue", answer = defaultAnswer(random), quota } = options
  const { latencyMs = 0, tokensPerSecond = Infinity } = options
  const limits = limitDesk(options.limits ?? {}, clock)
  const shelf: Shelf = new Map()
  const house: House = { keys: options.keys, models, prefill, hasQuota: quota !== undefined, shelf }
  const { dailyLimit = Infinity } = quota ?? {}
  let { dailyUsed = 0 } = quota ?? {}

  const idsOf =
    ({ number }: ReceivedRequest) =>
    (prefix: string, part: number = 0): string =>
      `${prefix}${mark}${number.toString(36).padStart(8, "0")}${part.toString(36).padStart(2, "0")}`

  const look = async (arriving: ArrivingRequest): Promise<Reply> => {
    const { request } = arriving
    const { route } = request
    if (route === "usage") return jsonReply(200, { daily_limit: dailyLimit, daily_used: dailyUsed })
    if (!isResourceKind(route)) return modelsReply(arriving, models)
    const seconds = createdSeconds({ dateMs: clock.date() })
    return resourceReply(route, arriving, shelf, { id: idsOf(request), seconds })
  }

  const work = (request: ReceivedRequest, route: GeneratingRoute): Served => {
    const generation = speaks(route) ? generate(request, answer, prefill === "continue") : heard(request)
    const tokens = generation.inputTokens + generation.outputTokens
    const admission = limits.admit(request.key ?? "", tokens, request.dialect)
    if (!admission.admitted) return settled(tooFast(request, admission, clock.date()))
    const { headers, release } = admission
    if (dailyUsed >= dailyLimit) return settled(errorReply("insufficient-quota", request), release)
    dailyUsed += tokens
    const order: Order = {
      request,
      generation,
      stream: request.stream,
      dateMs: clock.date(),
      id: idsOf(request),
    }
    if (route === "responses" && request.json?.["store"] !== false) {
      const json = finishedResponse(order)
      shelf.set(json.id, { json })
    }
    const written = (stream: boolean): Reply => {
      const reply = grammars[route]({ ...order, stream }, random)
      return withHeaders(paced(reply, generation.outputTokens, tokensPerSecond), headers)
    }
    return { reply: written(request.stream), plain: () => written(false), release }
  }

  const served = async (arriving: ArrivingRequest): Promise<Served> => {
    const refused = refusal(arriving, house)
    if (refused !== undefined) return settled(refused)
    const { request } = arriving
    return works(arriving) && isGenerating(request.route)
      ? work(request, request.route)
      : settled(await look(arriving))
  }

  return async (arriving) => {
    const { request } = arriving
    const healthy = await served(arriving)
    const idHeader = request.dialect === "anthropic" ? "request-id" : "x-request-id"
    const reply = withHeaders(healthy.reply, { [idHeader]: idsOf(request)("req_") })
    return { ...healthy, reply: { ...reply, delayMs: latencyMs } }
  }
}

const tooFast = (
  request: ReceivedRequest,
  { reason, headers, retryAfterMs }: Refused,
  dateMs: number,
): Reply =>
  withHeaders(errorReply("rate-limited", request, reason), {
    ...headers,
    ...hintHeaders({ as: "seconds", ms: retryAfterMs }, dateMs),
    ...hintHeaders({ as: "milliseconds", ms: retryAfterMs }, dateMs),
  })
