import type { Plugin } from "@bellwether/core"
import { claim, claimSameLines } from "../claim.ts"
import { hardDay, logOf, quietDay } from "./hard-day.ts"
import { inOtherTime } from "./other-time.ts"
import type { PluginCase, PluginSubject } from "./plugin-case.ts"
import { isReadable } from "./wording.ts"
import { openWorld } from "./world.ts"

const logOfHardDay = async (subject: PluginSubject): Promise<readonly string[]> => {
  const world = openWorld(subject)
  return logOf(world, await hardDay(world))
}

const logOfQuietDay = async (subject: PluginSubject, plugin?: Plugin): Promise<readonly string[]> => {
  const world = openWorld(subject, plugin && { plugin })
  return logOf(world, await quietDay(world))
}

/** What keeps a plugin out of a second pipeline, if it refuses. */
const refusal = (subject: PluginSubject, plugin: Plugin): unknown => {
  try {
    openWorld(subject, { plugin })
    return undefined
  } catch (error) {
    return error
  }
}

export const isolationCases: readonly PluginCase[] = [
  {
    title: "two of it in two pipelines share nothing",
    async run(subject) {
      const alone = await logOfQuietDay(subject)
      await logOfHardDay(subject)
      claimSameLines("the log of a quiet day beside a hard one", await logOfQuietDay(subject), alone)
    },
  },
  {
    title: "one of it serves two pipelines as two would, or refuses in a sentence",
    async run(subject) {
      const plugin = subject.create()
      const world = openWorld(subject, { plugin })
      const error = refusal(subject, plugin)
      if (error !== undefined) {
        const message = error instanceof Error ? error.message : ""
        claim(`the refusal is a sentence (${message})`, isReadable(message), true)
        return
      }
      const alone = await logOfQuietDay(subject)
      await hardDay(world)
      claimSameLines("the log of a quiet day beside a hard one", await logOfQuietDay(subject, plugin), alone)
    },
  },
  {
    title: "its time and its chance come from its services alone",
    async run(subject) {
      const log = await logOfHardDay(subject)
      const { result, timers } = await inOtherTime(() => logOfHardDay(subject))
      claimSameLines("the log of the same day on another date", result, log)
      claim("timers armed beside the clock", timers, 0)
    },
  },
]
