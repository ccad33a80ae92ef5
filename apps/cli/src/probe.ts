import { createPipeline } from "@bellwether/core"
import type { CallInput, EndpointOptions, Failure, PipelineOptions } from "@bellwether/core"
import { namedKeys } from "./named-keys.ts"
import { remedy } from "./remedy.ts"

/** How a target was found. Plain JSON; what does not apply is `null`. */
export interface ProbeResult {
  /** `endpoint/key`. */
  readonly target: string
  readonly endpoint: string
  readonly key: string
  readonly outcome: "up" | "down" | "timeout"
  /** To the whole answer, or to where it was given up. */
  readonly latencyMs: number
  /** The HTTP status. */
  readonly status: number | null
  /** The failure's class. */
  readonly class: Failure["class"] | null
  /** Why it is not up, in words. */
  readonly reason: string | null
  /** What can be done about it. */
  readonly remedy: string | null
}

/** What targets are asked. */
export interface ProbeQuestion {
  /** It is asked for a few words, which costs a little; `undefined`: targets are asked for their models, which is free. */
  readonly model: string | undefined
  readonly timeoutMs: number
  /** Ends it before its time. */
  readonly signal: AbortSignal
}

/** What of a config says how its targets are asked. */
export type ProbeConfig = Pick<PipelineOptions, "endpoints" | "fetch" | "rules">

/**
 * Asks every key of every endpoint at once, each on its own: no retries, no other target.
 *
 * @param progress told how many of how many have answered, from the start on
 */
export function probe(
  { endpoints, ...config }: ProbeConfig,
  question: ProbeQuestion,
  progress: (answered: number, asked: number) => void,
): Promise<readonly ProbeResult[]> {
  const soles = endpoints.flatMap(solesOf)
  let answered = 0
  progress(answered, soles.length)
  return Promise.all(
    soles.map(async (sole) => {
      const result = await ask(sole, config, question)
      progress((answered += 1), soles.length)
      return result
    }),
  )
}

/** The endpoint once for each of its keys, with nothing but that key. */
function solesOf(endpoint: EndpointOptions): readonly EndpointOptions[] {
  const { key: _key, keys: _keys, ...rest } = endpoint
  const named = namedKeys(endpoint)
  return named.length === 0 ? [rest] : named.map((key) => ({ ...rest, keys: [key] }))
}

async function ask(
  { serves: _serves, ...endpoint }: EndpointOptions,
  { fetch, rules }: Omit<ProbeConfig, "endpoints">,
  { model, timeoutMs, signal }: ProbeQuestion,
): Promise<ProbeResult> {
  await using pipeline = createPipeline({
    endpoints: [endpoint],
    deadlineMs: timeoutMs,
    ...(fetch !== undefined && { fetch }),
    ...(rules !== undefined && { rules }),
  })
  const [target] = pipeline.inspect().targets
  const begin = performance.now()
  const input = model === undefined ? { path: "/models" } : smallQuestion(model)
  const result = await pipeline.call({ ...input, signal })
  if (result.ok) await result.response.arrayBuffer()
  const found = {
    target: target?.id ?? endpoint.id,
    endpoint: endpoint.id,
    key: target?.key ?? "",
    latencyMs: Math.round(performance.now() - begin),
  }
  if (result.ok)
    return {
      ...found,
      outcome: "up",
      status: result.response.status,
      class: null,
      reason: null,
      remedy: null,
    }
  const { failure } = result
  const isLate = failure.code === "deadline-exceeded"
  return {
    ...found,
    outcome: isLate ? "timeout" : "down",
    status: failure.status ?? null,
    class: isLate ? "timeout" : failure.class,
    reason: isLate ? `${found.target} gave no answer within ${timeoutMs} ms.` : failure.message,
    remedy: remedy(failure) ?? null,
  }
}

const smallQuestion = (model: string): CallInput => ({
  path: "/chat/completions",
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model, max_tokens: 16, messages: [{ role: "user", content: "Say hello." }] }),
})
