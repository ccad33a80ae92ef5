import { seededRandom } from "../src/random.ts"
import { createPipeline } from "../src/create-pipeline.ts"
import { Excluded } from "../src/context.ts"
import type { EndpointOptions } from "../src/endpoint.ts"
import type { CallResult, Pipeline } from "../src/pipeline.ts"
import type { PipelineOptions } from "../src/pipeline-options.ts"
import type { Plugin } from "../src/plugin.ts"

/** An endpoint by its id alone, without a key. */
export const keyless = (id: string, more: Partial<EndpointOptions> = {}): EndpointOptions => ({
  id,
  baseURL: `https://${id}.example/v1`,
  ...more,
})

/** An endpoint by its id alone. */
export const endpoint = (id: string, more: Partial<EndpointOptions> = {}): EndpointOptions =>
  keyless(id, { key: `sk-${id}`, ...more })

/** A pipeline over one endpoint `a`, or as told. */
export const pipelineOver = (options: Partial<PipelineOptions>): Pipeline =>
  createPipeline({ endpoints: [endpoint("a")], random: seededRandom(1), ...options })

/** Moves a call on to the next target until one answers: the least a pipeline needs to fail over. */
export const failover: Plugin = {
  name: "failover",
  setup: () => ({
    async call(request, next, context) {
      const tried = new Set<string>()
      for (;;) {
        const answer = await next(request, context.with(Excluded, tried))
        if (answer.ok || answer.attempt === undefined || tried.size + 1 === context.call.candidates.length)
          return answer
        tried.add(answer.attempt.target.id)
      }
    },
  }),
}

/** The answer of a call that must have one. */
export function answered(result: CallResult): CallResult & { readonly ok: true } {
  if (!result.ok) throw new Error(`The call failed: ${result.failure.message}`, { cause: result.error })
  return result
}

/** The failure of a call that must not have an answer. */
export function refused(result: CallResult): CallResult & { readonly ok: false } {
  if (result.ok) throw new Error("The call was answered.")
  return result
}
