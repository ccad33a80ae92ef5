import { createPipeline } from "@bellwether/core"
import type {
  Board,
  CallInput,
  CallResult,
  EndpointOptions,
  Pipeline,
  Plugin,
  TrailEntry,
} from "@bellwether/core"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"

/** An endpoint of a stage: how it is configured, and what it answers. */
export interface Cast extends Partial<Omit<EndpointOptions, "id" | "baseURL">> {
  readonly script?: Script
}

/** Retry and router over scripted providers, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  /** What the test itself says of targets. */
  readonly board: Board
  readonly providers: Readonly<Record<string, ScriptedProvider>>
  /** Begins a call; whoever begins several lets the time pass. */
  begin(input?: Partial<CallInput>): Promise<CallResult>
  /** Makes a call, a chat completion unless told otherwise, and lets time pass until there is an answer. */
  ask(input?: Partial<CallInput>): Promise<CallResult>
}

export function stageOf(casts: Readonly<Record<string, Cast>>, more: readonly Plugin[] = []): Stage {
  const clock = virtualClock()
  const boards: Board[] = []
  const speaker: Plugin = { name: "speaker", setup: ({ board }) => void boards.push(board) }
  const entries = Object.entries(casts).map(([id, { script = [], ...endpoint }]) => {
    const provider = scriptedProvider({ clock, origin: `https://${id}.test`, script })
    const keys = endpoint.keys === undefined ? { key: `sk-${id}` } : {}
    return { id, provider, endpoint: { id, baseURL: provider.baseURL, ...keys, ...endpoint } }
  })
  const pipeline = createPipeline({
    endpoints: entries.map(({ endpoint }) => endpoint),
    use: [retry(), router({ strategy: "declared" }), ...more, speaker],
    fetch: scriptedFetch(...entries.map(({ provider }) => provider)),
    clock,
    random: seededRandom(1),
  })
  const [board] = boards
  if (board === undefined) throw new Error("The speaker was not set up.")
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] })
  const begin = (input: Partial<CallInput> = {}): Promise<CallResult> =>
    pipeline.call({ path: "/chat/completions", method: "POST", body, ...input })
  return {
    clock,
    pipeline,
    board,
    providers: Object.fromEntries(entries.map(({ id, provider }) => [id, provider])),
    begin,
    ask: (input) => clock.runUntil(begin(input)),
  }
}

/** What a call did, a word or two for each step: `alpha/key-1 first`, `alpha/key-1 server-error`, `waited`. */
export const storyOf = ({ call }: CallResult): readonly string[] => call.trail.flatMap(wordsOf)

function wordsOf(entry: TrailEntry): readonly string[] {
  switch (entry.step) {
    case "attempt-started":
      return [`${entry.target} ${entry.kind}`]
    case "attempt-failed":
      return [entry.class]
    case "attempt-succeeded":
      return ["ok"]
    case "target-refused":
      return [`${entry.target} refused`]
    case "waited":
      return entry.waitMs > 50 ? ["waited"] : []
    default:
      return []
  }
}
