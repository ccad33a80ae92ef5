import { claim } from "../claim.ts"
import { hardDay, quietDay } from "./hard-day.ts"
import { callsTo } from "./leftovers.ts"
import type { PluginCase } from "./plugin-case.ts"
import { questions } from "./questions.ts"
import { openWorld, type World } from "./world.ts"

const hourMs = 3_600_000

/** Everything the plugin can do to be seen, counted. */
const doings = ({ primary, backup, watch }: World) => ({
  requests: primary.requests.length + backup.requests.length,
  events: watch.events.length,
  verdicts: watch.verdicts.length,
})

/** Claims that nothing is left of a pipeline that was closed, and that nothing comes any more. */
export const claimOver = async (world: World): Promise<void> => {
  const { clock, primary, backup, watch } = world
  await world.settle()
  claim("start is still going on", watch.isStarting, false)
  claim("timers", clock.pending, 0)
  claim("requests in flight", primary.inFlight + backup.inFlight, 0)
  const before = doings(world)
  await clock.advance(hourMs)
  claim("doings within an hour after the close", doings(world), before)
}

export const lifeCases: readonly PluginCase[] = [
  {
    title: "its start comes to an end, well or not",
    async run(subject) {
      const world = openWorld(subject)
      const ready = world.pipeline.ready().catch(() => {})
      await world.clock.runUntil(Promise.race([ready, world.clock.sleep(hourMs)]), "ready()")
      claim("start is still going on after an hour", world.watch.isStarting, false)
      await world.pipeline.close()
    },
  },
  {
    title: "its work ends when the pipeline closes, also in the middle of its start",
    async run(subject) {
      const hole = { kind: "black-hole" } as const
      const world = openWorld(subject)
      world.primary.inject(hole)
      world.backup.inject(hole)
      const ready = world.pipeline.ready().catch(() => {})
      await world.clock.advance(1_000)
      await world.pipeline.close()
      await claimOver(world)
      await ready
    },
  },
  {
    title: "its work ends when the pipeline closes, whatever was going on",
    async run(subject) {
      const world = openWorld(subject)
      await hardDay(world)
      world.primary.inject({ kind: "black-hole" })
      const asking = world.ask(questions.plain)
      await world.clock.advance(1_000)
      await world.pipeline.close()
      await world.clock.runUntil(asking, "The call")
      await claimOver(world)
    },
  },
  {
    title: "with it a pipeline that is well answers every call, with one request each",
    async run(subject) {
      const world = openWorld(subject)
      const { answers } = await quietDay(world)
      const failures = answers.flatMap(({ failure = [] }) => failure)
      claim("failures", failures, Array(5).fill("cancelled/cancelled"))
      claim("requests", callsTo(world).length, answers.length)
    },
  },
]
