import { available } from "@bellwether/core"
import type { Services, Target, Verdict } from "@bellwether/core"
import type { FlowMemory } from "./flow-memory.ts"
import { givenPause, Lane } from "./lane.ts"
import type { FlowServices } from "./live-flow.ts"
import type { Rules } from "./options.ts"

/** The lanes of a pipeline. */
export interface Lanes {
  /** What the lane of a target and a model thinks. Looking makes no lane: callers may name any model. */
  peek(target: Target, model: string | undefined): Verdict
  /** The lane, made if there is none; `undefined` while there are too many, all of them in use. */
  of(target: Target, model: string | undefined): Lane | undefined
  inspect(): readonly unknown[]
}

/** Model names come from callers, so only so many are kept apart at a target. */
const mostLanes = 1_000

/** What is remembered of flows: by target, by model. */
type Memories = Map<string, Map<string | undefined, FlowMemory>>

/** What is remembered by those who had the same limits: what others had to keep to says nothing. */
function memoriesOf(
  { kept, renewed }: Services,
  { maxWaitMs, soloMaxWaitMs, maxWaiting, ...limits }: Rules,
): Memories {
  const memories = kept(`flows/${JSON.stringify(limits)}`, (): Memories => new Map())
  for (const { id } of renewed) memories.delete(id)
  return memories
}

export function createLanes(services: FlowServices & Services): Lanes {
  /** By target, by model; of those awake, who was used last stands last. */
  const lanes = new Map<string, Map<string | undefined, Lane>>()
  const memories = memoriesOf(services, services.rules)
  const nameOf = (model: string | undefined): string | undefined =>
    services.rules.perModel ? model : undefined

  function makeRoom({ id }: Target, models: Map<string | undefined, Lane>): boolean {
    if (models.size < mostLanes) return true
    for (const [name, lane] of models) {
      if (!lane.isIdle) continue
      lane.close()
      memories.get(id)?.delete(name)
      return models.delete(name)
    }
    return false
  }

  function made(target: Target, name: string | undefined): Lane | undefined {
    const models = lanes.get(target.id) ?? new Map<string | undefined, Lane>()
    lanes.set(target.id, models)
    if (!makeRoom(target, models)) return undefined
    const remembered = memories.get(target.id) ?? new Map<string | undefined, FlowMemory>()
    memories.set(target.id, remembered)
    const lane = new Lane(target, name, services, remembered.get(name))
    remembered.set(name, lane.memory)
    models.set(name, lane)
    return lane
  }

  for (const target of services.targets)
    for (const name of memories.get(target.id)?.keys() ?? []) made(target, name)
  const close = (): void => {
    for (const models of lanes.values()) for (const lane of models.values()) lane.close()
  }
  services.signal.addEventListener("abort", close, { once: true })

  function peekBlocks(target: Target, model: string | undefined): Verdict {
    const untilMs = services.blocks.untilMs(target, nameOf(model))
    return untilMs <= services.clock.now()
      ? available
      : {
          status: "unavailable",
          untilMs,
          reason: givenPause,
          throttled: true,
          lineMs: services.rules.maxWaitMs,
        }
  }

  return {
    peek: (target, model) => lanes.get(target.id)?.get(nameOf(model))?.peek() ?? peekBlocks(target, model),
    of(target, model) {
      const name = nameOf(model)
      const models = lanes.get(target.id)
      const lane = models?.get(name)
      if (models === undefined || lane === undefined) return made(target, name)
      if (lane.isAsleep) return lane
      models.delete(name)
      models.set(name, lane)
      return lane
    },
    inspect: () =>
      [...lanes.values()].flatMap((models) =>
        [...models.values()].filter(({ isOfInterest }) => isOfInterest).map((lane) => lane.inspect()),
      ),
  }
}
