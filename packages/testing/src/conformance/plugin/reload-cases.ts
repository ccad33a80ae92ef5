import { claim } from "../claim.ts"
import { everythingIn } from "./everything-in.ts"
import { hardDay } from "./hard-day.ts"
import { leftovers } from "./leftovers.ts"
import { claimOver } from "./life-cases.ts"
import type { PluginCase } from "./plugin-case.ts"
import { questions } from "./questions.ts"
import { openWorld, type World } from "./world.ts"

const otherKeys = ["another-first-key", "another-second-key", "another-third-key"] as const

/** What is said of each target. */
const statuses = ({ pipeline }: World): readonly string[] =>
  pipeline.inspect("gpt-4o").targets.map(({ id, verdict: { status } }) => `${id} ${status}`)

/** Calls that all fail, for half a minute: refused keys, then a breakdown. */
const badHalfMinute = async (world: World): Promise<void> => {
  const { clock, primary, backup } = world
  for (const provider of [primary, backup]) {
    provider.inject({ kind: "error", error: "invalid-key" }, { fromMs: 0, untilMs: 10_000 })
    provider.inject({ kind: "error", error: "overloaded" }, { fromMs: 10_000, untilMs: 30_000 })
  }
  for (let second = 0; second < 30; second++) {
    const asked = world.ask({ ...questions.plain, deadlineMs: 900 })
    await clock.advance(1_000)
    await asked
  }
}

export const reloadCases: readonly PluginCase[] = [
  {
    title: "what it has learnt is known to the next pipeline of the same state",
    async run(subject) {
      const world = openWorld(subject)
      await hardDay(world)
      const before = everythingIn(world.inspect())
      const next = openWorld(subject, { after: world })
      claim("inspection after the reload", everythingIn(next.inspect()), before)
      await world.pipeline.close()
      claim("inspection after the close of the one before", everythingIn(next.inspect()), before)
      await next.pipeline.close()
    },
  },
  {
    title: "what it has learnt of targets says nothing of others with another key",
    async run(subject) {
      const world = openWorld(subject)
      await badHalfMinute(world)
      const next = openWorld(subject, { after: world, keys: otherKeys })
      const { clock } = world
      const fresh = openWorld(subject, { clock })
      claim("verdicts", statuses(next), statuses(fresh))
    },
  },
  {
    title: "a call that is under way while the pipeline is replaced ends well, and leaves nothing behind",
    async run(subject) {
      const world = openWorld(subject, { tokensPerSecond: 10 })
      const { clock } = world
      const asked = world.ask(questions.stream)
      await clock.advance(500)
      const next = openWorld(subject, { after: world })
      await clock.runUntil(next.ask(questions.plain), "A call of the new pipeline")
      const { ok, broken = "" } = await clock.runUntil(asked, "The call of the old pipeline")
      claim("the stream", { ok, broken }, { ok: true, broken: "" })
      await clock.runUntil(world.pipeline.idle(), "idle()")
      await world.pipeline.close()
      claim("left behind by the old pipeline", leftovers(world), [])
      const { status } = await clock.runUntil(next.ask(questions.plain), "A call after the close")
      claim("status after the close of the old pipeline", status, 200)
      await next.pipeline.close()
      await claimOver(next)
      claim("left behind by the new pipeline", leftovers(next), [])
    },
  },
]
