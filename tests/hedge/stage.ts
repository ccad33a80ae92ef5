import { circuitBreaker, CircuitClosed, CircuitHalfOpened, CircuitOpened } from "@bellwether/circuit-breaker"
import { createPipeline } from "@bellwether/core"
import type { CallResult, EndpointOptions, Pipeline } from "@bellwether/core"
import { hedge } from "@bellwether/hedge"
import type { HedgeOptions } from "@bellwether/hedge"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"
import { timeout } from "@bellwether/timeout"

/** An endpoint of a stage: how it is configured, and what it answers. */
export interface Cast extends Partial<Omit<EndpointOptions, "id" | "baseURL">> {
  readonly script?: Script
}

/** A hedge in the middle of the plugins it is made for, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly providers: Readonly<Record<string, ScriptedProvider>>
  /** What became of circuits: `a circuit-opened`. */
  readonly circuits: readonly string[]
  /** Streams a chat and reads it to its end; whoever begins several lets the time pass. */
  begin(signal?: AbortSignal): Promise<CallResult>
  /** Streams a chat, and lets time pass until it is over. */
  ask(): Promise<CallResult>
}

const request = {
  path: "/chat/completions",
  method: "POST",
  body: JSON.stringify({ model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Why?" }] }),
}

export function stageOf(casts: Readonly<Record<string, Cast>>, options?: HedgeOptions): Stage {
  const clock = virtualClock()
  const entries = Object.entries(casts).map(([id, { script = [], ...endpoint }]) => {
    const provider = scriptedProvider({ clock, origin: `https://${id}.test`, script })
    return { id, provider, endpoint: { id, baseURL: provider.baseURL, tier: 0, ...endpoint } }
  })
  const pipeline = createPipeline({
    endpoints: entries.map(({ endpoint }) => endpoint),
    use: [
      retry(),
      hedge(options ?? { delayMs: 1_000, maxExtra: 1 }),
      router({ strategy: "declared" }),
      circuitBreaker(),
      timeout({ firstContentMs: 10_000 }),
    ],
    fetch: scriptedFetch(...entries.map(({ provider }) => provider)),
    clock,
    random: seededRandom(1),
  })
  const circuits: string[] = []
  for (const event of [CircuitOpened, CircuitHalfOpened, CircuitClosed])
    pipeline.on(event, ({ target }) => void circuits.push(`${target.endpoint} ${event.name}`))
  const begin = async (signal?: AbortSignal): Promise<CallResult> => {
    const result = await pipeline.call({ ...request, ...(signal && { signal }) })
    if (result.ok) await result.response.text()
    return result
  }
  return {
    clock,
    pipeline,
    providers: Object.fromEntries(entries.map(({ id, provider }) => [id, provider])),
    circuits,
    begin,
    ask: () => clock.runUntil(begin()),
  }
}

/** `target kind outcome` of each attempt. */
export const attemptsOf = ({ call }: CallResult): readonly string[] =>
  call.attempts.map(
    ({ target, kind, ending }) => `${target.endpoint} ${kind} ${ending?.failure?.class ?? "ok"}`,
  )
