import { createPipeline, Excluded } from "@bellwether/core"
import type { CallResult, Pipeline, Plugin } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"

/** How a stage is set up. */
export interface StageOptions {
  readonly use: readonly Plugin[]
  readonly primary?: Script
  readonly backup?: Script
  /** The key of the first endpoint. */
  readonly key?: string
}

/** A pipeline of two endpoints in virtual time, whose calls move on once. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly primary: ScriptedProvider
  /** Asks, and reads the answer to its end. */
  ask(more?: object, init?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<CallResult>
}

const mover: Plugin = {
  name: "mover",
  setup: () => ({
    async call(request, next, context) {
      const answer = await next(request, context)
      if (answer.ok || answer.attempt === undefined) return answer
      return next(request, context.with(Excluded, new Set([answer.attempt.target.id])))
    },
  }),
}

export function stageOf({ use, primary = [], backup = [], key = "sk-primary" }: StageOptions): Stage {
  const clock = virtualClock({ date: Date.UTC(2026, 0) })
  const pace = { clock, latencyMs: 200, tokensPerSecond: 10 }
  const first = scriptedProvider({ ...pace, origin: "https://primary.test", script: primary })
  const second = scriptedProvider({ ...pace, origin: "https://backup.test", script: backup })
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: first.baseURL, key },
      { id: "backup", baseURL: second.baseURL, key: "sk-backup" },
    ],
    use: [...use, mover],
    fetch: scriptedFetch(first, second),
    clock,
    random: seededRandom(1),
  })
  const begin: Stage["ask"] = async (more, init) => {
    const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }], ...more })
    const result = await pipeline.call({ method: "POST", path: "/chat/completions", body, ...init })
    if (result.ok) await result.response.text().catch(() => {})
    return result
  }
  return { clock, pipeline, primary: first, ask: (more, init) => clock.runUntil(begin(more, init)) }
}
