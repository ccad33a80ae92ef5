import { claim, claimSameLines } from "../claim.ts"
import { hardDay, logOf } from "./hard-day.ts"
import type { PluginCase, PluginSubject } from "./plugin-case.ts"
import type { WatchedTake } from "./watched-admission.ts"
import { openWorld } from "./world.ts"

const takes = async (subject: PluginSubject): Promise<readonly WatchedTake[]> => {
  const world = openWorld(subject)
  await hardDay(world)
  return world.watch.takes
}

/** The log of a hard day on which the admission is looked at so many times before it is asked. */
const lookedAt = async (subject: PluginSubject, peeks: number): Promise<readonly string[]> => {
  const world = openWorld(subject, { peeks })
  return logOf(world, await hardDay(world))
}

const statusOf = (answer: unknown): unknown => (answer as { readonly status?: unknown } | undefined)?.status

const isThenable = (answer: unknown): boolean =>
  typeof (answer as Partial<PromiseLike<unknown>> | undefined)?.then === "function"

const refuses = (answer: unknown): boolean => statusOf(answer) === "unavailable"

export const admissionCases: readonly PluginCase[] = [
  {
    title: "its admission answers at once, with a lease, a verdict or nothing",
    async run(subject) {
      for (const { peeked, taken, isLease } of await takes(subject)) {
        claim("peek answered with a promise", isThenable(peeked), false)
        claim("take answered with a promise", isThenable(taken), false)
        claim(
          "take answered with something known",
          taken === undefined || isLease || statusOf(taken) !== undefined,
          true,
        )
      }
    },
  },
  {
    title: "looking at its admission a hundred times changes nothing",
    async run(subject) {
      claimSameLines("the log of a day", await lookedAt(subject, 100), await lookedAt(subject, 0))
    },
  },
  {
    title: "its admission refuses whom peek says it refuses, and nobody else",
    async run(subject) {
      for (const { peeked, taken, isOrdinary } of await takes(subject)) {
        if (peeked === undefined || !isOrdinary) continue
        const what = `take refused (peek: ${JSON.stringify(peeked)}, take: ${JSON.stringify(taken)})`
        claim(what, refuses(taken), refuses(peeked))
      }
    },
  },
]
