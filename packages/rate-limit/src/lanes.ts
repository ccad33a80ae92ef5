import { available } from "@bellwether/core"
import type { Target, Verdict } from "@bellwether/core"
import { givenPause, Lane } from "./lane.ts"
import type { FlowServices } from "./live-flow.ts"

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

export function createLanes(services: FlowServices): Lanes {
  /** By target, by model; of those awake, who was used last stands last. */
  const lanes = new Map<string, Map<string | undefined, Lane>>()
  const nameOf = (model: string | undefined): string | undefined =>
    services.rules.perModel ? model : undefined

  function makeRoom(models: Map<string | undefined, Lane>): boolean {
    if (models.size < mostLanes) return true
    for (const [name, lane] of models) if (lane.isIdle) return models.delete(name)
    return false
  }

  function made(target: Target, name: string | undefined): Lane | undefined {
    const models = lanes.get(target.id) ?? new Map<string | undefined, Lane>()
    lanes.set(target.id, models)
    if (!makeRoom(models)) return undefined
    const lane = new Lane(target, name, services)
    models.set(name, lane)
    return lane
  }

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
