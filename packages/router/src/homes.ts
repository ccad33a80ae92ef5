import type { Attempt, Call, Services, Store, Target } from "@bellwether/core"
import { recent } from "./recent.ts"

/** Where the things live that providers keep: files, batches, threads, stored responses (law 14). */
export interface Homes {
  /** How many ids this process remembers. */
  readonly size: number
  /** The id of the target where a resource lives; a promise when only the shared store can know. */
  find(resource: string): string | undefined | Promise<string | undefined>
  /** Learns from an attempt that has committed: what it made, and what it found, lives where it went. */
  learn(attempt: Attempt): void
}

/** Ids remembered of each sort: answers, of which there are many, must not drive out files and batches. */
const mostIds = 10_000

/** Longer ids are no ids. */
const longestId = 200

/** How long the store remembers an id: the longest that providers keep an answer by default. */
const homeTtlMs = 30 * 86_400_000

/** With a store other processes tell of what they made. */
export function createHomes({ kept, store }: Pick<Services, "kept" | "store">): Homes {
  const resources = kept("resources", () => recent<string>(mostIds))
  const answers = kept("answers", () => recent<string>(mostIds))
  const storeKey = (id: string): string => `router:home:${id}`

  function remember(id: string, target: string, { operation }: Call): void {
    if (id.length > longestId) return
    const memory = operation.residence === "stateless" ? answers : resources
    if (memory.get(id) === target) return
    memory.set(id, target)
    // A chat completion is kept only by request: of the many that are not, the fleet need not hear.
    if (operation.grammar === "chat" && operation.residence === "stateless") return
    store?.swap(storeKey(id), undefined, target, { ttlMs: homeTtlMs }).catch(() => {})
  }

  async function ask(shared: Store, id: string): Promise<string | undefined> {
    const stored = await shared.get(storeKey(id)).catch(() => undefined)
    if (stored !== undefined) resources.set(id, stored.value)
    return stored?.value
  }

  return {
    get size() {
      return resources.size + answers.size
    },
    find(id) {
      const known = resources.get(id) ?? answers.get(id)
      if (known !== undefined || store === undefined || id.length > longestId) return known
      return ask(store, id)
    },
    learn(attempt) {
      const { call, target } = attempt
      const { residence, resource, grammar } = call.operation
      if (residence === "stateless" && grammar !== "chat" && grammar !== "responses") return
      if (resource !== undefined) remember(resource, target.id, call)
      attempt.observe({ resource: (made) => remember(made, target.id, call) })
    },
  }
}

/**
 * The targets that can reach what lives somewhere, the one that made it first: all keys of one endpoint. What
 * nobody remembers is looked for at the first endpoint, the home of everything that was there before.
 */
export function atHome(candidates: readonly Target[], home: string | undefined): readonly Target[] {
  if (candidates.length === 1) return candidates
  const first = candidates.find(({ id }) => id === home) ?? candidates[0]
  if (first === undefined) return []
  return [first, ...candidates.filter((target) => target.endpoint === first.endpoint && target !== first)]
}
