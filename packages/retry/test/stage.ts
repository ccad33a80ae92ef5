import { createPipeline } from "@bellwether/core"
import type {
  CallResult,
  EndpointOptions,
  Pipeline,
  PipelineOptions,
  Plugin,
  TrailEntry,
} from "@bellwether/core"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"
import { retry } from "../src/index.ts"
import type { RetryOptions } from "../src/index.ts"

/** An endpoint of a stage: how it is configured, and what it answers. */
export interface Cast extends Partial<Omit<EndpointOptions, "id" | "baseURL">> {
  readonly script?: Script
}

/** A pipeline with `retry`, over scripted providers, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly providers: Readonly<Record<string, ScriptedProvider>>
  /** Asks for a chat completion and lets time pass until there is an answer. */
  ask(): Promise<CallResult>
  /** Begins a call; whoever begins several lets the time pass. */
  begin(signal?: AbortSignal): Promise<CallResult>
}

/** What a stage has beside its endpoints. */
export interface StageOptions extends Pick<PipelineOptions, "attempts" | "deadlineMs"> {
  readonly retry?: RetryOptions
  /** Further plugins, inside retry. */
  readonly use?: readonly Plugin[]
}

export function stageOf(
  casts: Readonly<Record<string, Cast>>,
  { retry: rules, use = [], ...options }: StageOptions = {},
): Stage {
  const clock = virtualClock()
  const entries = Object.entries(casts).map(([id, { script = [], ...endpoint }]) => {
    const provider = scriptedProvider({ clock, origin: `https://${id}.test`, script })
    return { id, provider, endpoint: { id, baseURL: provider.baseURL, key: `sk-${id}`, ...endpoint } }
  })
  const pipeline = createPipeline({
    endpoints: entries.map(({ endpoint: { key, ...endpoint } }) =>
      "keys" in endpoint ? endpoint : { ...endpoint, key },
    ),
    use: [retry(rules), ...use],
    fetch: scriptedFetch(...entries.map(({ provider }) => provider)),
    clock,
    random: seededRandom(1),
    ...options,
  })
  const begin = (signal?: AbortSignal): Promise<CallResult> =>
    pipeline.call({
      path: "/chat/completions",
      method: "POST",
      body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] }),
      ...(signal !== undefined && { signal }),
    })
  return {
    clock,
    pipeline,
    providers: Object.fromEntries(entries.map(({ id, provider }) => [id, provider])),
    begin,
    ask: () => clock.runUntil(begin()),
  }
}

/** What a call did, a word or two for each step: `alpha/key-1 server-error`, `waited 250`, `beta/key-1 ok`. */
export const storyOf = ({ call }: CallResult): readonly string[] => call.trail.flatMap(wordsOf)

function wordsOf(entry: TrailEntry): readonly string[] {
  switch (entry.step) {
    case "attempt-failed":
      return [`${entry.target} ${entry.class}`]
    case "attempt-succeeded":
      return [`${entry.target} ok`]
    case "target-refused":
      return [`${entry.target} refused`]
    case "waited":
      return entry.waitMs > 50 ? ["waited"] : []
    default:
      return []
  }
}

/** The milliseconds a call waited, without the moments before moves. */
export const waitsOf = ({ call }: CallResult): readonly number[] =>
  call.trail.flatMap((entry) =>
    entry.step === "waited" && entry.reason !== "moving on" ? [entry.waitMs] : [],
  )
