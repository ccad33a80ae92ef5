import { createPipeline } from "@bellwether/core"
import type { CallInput, EndpointOptions, Failure, Fetch, Target } from "@bellwether/core"
import { remedy } from "./remedy.ts"

/** How a target was found. */
export interface Finding {
  readonly endpoint: string
  readonly key: string
  readonly outcome: "up" | "down" | "timeout"
  /** To the whole answer. */
  readonly latencyMs: number
  readonly status?: number
  /** The failure's class. */
  readonly class?: Failure["class"]
  /** Why it is not up, in words. */
  readonly reason?: string
  /** What can be done about it. */
  readonly remedy?: string
}

/** What targets are asked. */
export interface ProbeQuestion {
  /** It is asked a few words, which costs a little; `undefined`: targets are asked for their models, which is free. */
  readonly model: string | undefined
  readonly timeoutMs: number
  /** @default the global `fetch` */
  readonly fetch?: Fetch | undefined
}

/**
 * Asks every key of every endpoint at once, each on its own: no retries, no other target.
 *
 * @param found told of each as soon as it is known
 */
export async function probe(
  endpoints: readonly EndpointOptions[],
  question: ProbeQuestion,
  found: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const soles = endpoints.flatMap((endpoint) => solesOf(endpoint))
  return Promise.all(
    soles.map(async (sole) => {
      const finding = await ask(sole, question)
      found(finding)
      return finding
    }),
  )
}

/** The endpoint once for each of its keys, with nothing but that key. */
function solesOf(endpoint: EndpointOptions): readonly EndpointOptions[] {
  const { keys, ...rest } = endpoint
  if (keys === undefined) return [endpoint]
  return keys.flatMap((entry, place) =>
    entry === undefined
      ? []
      : [{ ...rest, keys: [typeof entry === "object" ? entry : { id: `key-${place + 1}`, value: entry }] }],
  )
}

async function ask(endpoint: EndpointOptions, { model, timeoutMs, fetch }: ProbeQuestion): Promise<Finding> {
  await using pipeline = createPipeline({
    endpoints: [endpoint],
    deadlineMs: timeoutMs,
    ...(fetch !== undefined && { fetch }),
  })
  const target = pipeline.inspect().targets[0] as Target
  const begin = performance.now()
  const result = await pipeline.call(model === undefined ? { path: "/models" } : smallQuestion(model))
  if (result.ok) await result.response.arrayBuffer().catch(() => {})
  const common = { endpoint: target.endpoint, key: target.key, latencyMs: performance.now() - begin }
  if (result.ok) return { ...common, outcome: "up", status: result.response.status }
  const { failure } = result
  const advice = remedy(failure)
  return {
    ...common,
    outcome: failure.code === "deadline-exceeded" || failure.class === "timeout" ? "timeout" : "down",
    ...(failure.status !== undefined && { status: failure.status }),
    class: failure.class,
    reason: failure.message,
    ...(advice !== undefined && { remedy: advice }),
  }
}

const smallQuestion = (model: string): CallInput => ({
  path: "/chat/completions",
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model, max_tokens: 16, messages: [{ role: "user", content: "Say hello." }] }),
})
