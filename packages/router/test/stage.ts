import { createPipeline } from "@bellwether/core"
import type {
  Board,
  CallInput,
  CallResult,
  EndpointOptions,
  Pipeline,
  Plugin,
  Store,
  TrailEntry,
} from "@bellwether/core"
import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"
import { router } from "../src/index.ts"
import type { RouterOptions } from "../src/index.ts"

/** An endpoint of a stage: how it is configured, and what it answers. */
export interface Cast extends Partial<Omit<EndpointOptions, "id" | "baseURL">> {
  readonly script?: Script
}

/** A pipeline with `router`, over scripted providers, in virtual time. */
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

/** What a stage has beside its endpoints. */
export interface StageOptions {
  /** Targets are taken in declared order unless told otherwise. */
  readonly router?: RouterOptions
  /** Further plugins, outside the router. */
  readonly use?: readonly Plugin[]
  readonly store?: Store
}

export function stageOf(casts: Readonly<Record<string, Cast>>, options: StageOptions = {}): Stage {
  const clock = virtualClock()
  const boards: Board[] = []
  const speaker: Plugin = { name: "speaker", setup: ({ board }) => void boards.push(board) }
  const entries = Object.entries(casts).map(([id, { script = [], ...endpoint }]) => {
    const keys = endpoint.keys === undefined ? { key: "sk-1" } : {}
    const provider = scriptedProvider({ clock, origin: `https://${id}.test`, script })
    return { id, provider, endpoint: { id, baseURL: provider.baseURL, tier: 0, ...keys, ...endpoint } }
  })
  const pipeline = createPipeline({
    endpoints: entries.map(({ endpoint }) => endpoint),
    use: [...(options.use ?? []), router({ strategy: "declared", ...options.router }), speaker],
    fetch: scriptedFetch(...entries.map(({ provider }) => provider)),
    clock,
    random: seededRandom(1),
    ...(options.store !== undefined && { store: options.store }),
  })
  const [board] = boards
  if (board === undefined) throw new Error("The speaker was not set up.")
  const begin = (input: Partial<CallInput> = {}): Promise<CallResult> =>
    pipeline.call({ path: "/chat/completions", method: "POST", body: chat("gpt-4o"), ...input })
  return {
    clock,
    pipeline,
    board,
    providers: Object.fromEntries(entries.map(({ id, provider }) => [id, provider])),
    begin,
    ask: (input) => clock.runUntil(begin(input)),
  }
}

/** The body of a question to this model. */
export const chat = (model: string): string =>
  JSON.stringify({ model, messages: [{ role: "user", content: "Why?" }] })

/** Where a call went, and why it did not go elsewhere: `alpha skipped`, `beta first`. */
export const storyOf = ({ call }: CallResult): readonly string[] => call.trail.flatMap(wordsOf)

const endpointOf = (target: string): string => target.replace(/\/.*/, "")

function wordsOf(entry: TrailEntry): readonly string[] {
  switch (entry.step) {
    case "attempt-started":
      return [`${endpointOf(entry.target)} ${entry.kind}`]
    case "target-skipped":
      return [`${endpointOf(entry.target)} skipped`]
    case "target-refused":
      return [`${endpointOf(entry.target)} refused`]
    case "waited":
      return ["waited"]
    default:
      return []
  }
}
