import { Choice, createPipeline } from "@bellwether/core"
import type { Answer, AttemptKind, CallResult, Pipeline, PipelineOptions, Plugin } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import type { Script, VirtualClock } from "@bellwether/testing"
import { metrics } from "../src/index.ts"
import type { Metrics, MetricsOptions } from "../src/index.ts"

/** Tries these targets one after the other, by their place, until one answers. */
export const route = (...plan: (readonly [place: number, kind: AttemptKind])[]): Plugin => ({
  name: "route",
  setup: () => ({
    async call(request, next, context) {
      let answer: Answer | undefined
      for (const [place, kind] of plan) {
        const target = context.call.candidates[place]
        if (target === undefined) throw new Error(`There is no target ${place}.`)
        answer = await next(request, context.with(Choice, { target, kind }))
        if (answer.ok) break
      }
      if (answer === undefined) throw new Error("The plan is empty.")
      return answer
    },
  }),
})

/** What a test wants otherwise. */
export interface StageOptions extends Pick<PipelineOptions, "use"> {
  readonly primary?: Script
  readonly backup?: Script
  readonly tokensPerSecond?: number
  readonly metrics?: MetricsOptions
}

/** How a call is made. */
export interface Asked {
  readonly stream?: boolean
  /** `null` names none. @default "gpt-4o" */
  readonly model?: string | null
  readonly signal?: AbortSignal
}

/** Two providers and a pipeline that is counted, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly stats: Metrics
  readonly pipeline: Pipeline
  /** A call up to its commit. */
  ask(asked?: Asked): Promise<CallResult>
  /** A call to its end, however it ends. */
  askThrough(asked?: Asked): Promise<void>
}

export function setUp({
  primary = [],
  backup = [],
  use = [],
  metrics: options,
  ...speed
}: StageOptions = {}): Stage {
  const clock = virtualClock({ date: 1_000_000 })
  const providers = [
    scriptedProvider({ clock, origin: "https://primary.test", script: primary, ...speed }),
    scriptedProvider({ clock, origin: "https://backup.test", script: backup, ...speed }),
  ]
  const stats = metrics(options)
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: "https://primary.test/v1", key: "secret" },
      { id: "backup", baseURL: "https://backup.test/v1", keys: ["secret", "other secret"] },
    ],
    fetch: scriptedFetch(...providers),
    clock,
    use: [stats, ...use],
  })
  const ask: Stage["ask"] = ({ stream = false, model = "gpt-4o", signal } = {}) =>
    pipeline.call({
      method: "POST",
      path: "/chat/completions",
      body: JSON.stringify({
        model: model ?? undefined,
        stream,
        messages: [{ role: "user", content: "Hi" }],
      }),
      ...(signal && { signal }),
    })
  const readToItsEnd = (asked?: Asked): Promise<void> =>
    ask(asked).then(async (result) => {
      if (result.ok) await result.response.text().catch(() => {})
    })
  return { clock, stats, pipeline, ask, askThrough: (asked) => clock.runUntil(readToItsEnd(asked)) }
}
