import type { CallInput } from "@bellwether/core"
import { claim } from "../claim.ts"
import { closedGate } from "./closed-gate.ts"
import { callsTo, leftovers } from "./leftovers.ts"
import type { PluginCase, PluginSubject } from "./plugin-case.ts"
import { questions } from "./questions.ts"
import { openWorld, type WorldOptions } from "./world.ts"

/** What a call is in when its caller gives up. */
interface Moment {
  readonly question: CallInput
  readonly world: WorldOptions
  /** When the caller gives up. */
  readonly afterMs: number
}

/** Lets the caller give up in some moment, and claims that it is all over at once. */
const giveUp = async (
  subject: PluginSubject,
  { question, world: options, afterMs }: Moment,
): Promise<void> => {
  const world = openWorld(subject, options)
  const controller = new AbortController()
  const outcome = { isOver: false }
  const asking = world.ask({ ...question, signal: controller.signal })
  void asking.then(() => (outcome.isOver = true))
  await world.clock.advance(afterMs)
  controller.abort("given up")
  await world.settle()
  claim("the call was over within the tick", outcome.isOver, true)
  claim("left behind", leftovers(world), [])
}

const hole = { kind: "black-hole" } as const
const askedToWait = {
  kind: "error",
  error: "rate-limited",
  retryAfter: { as: "seconds", ms: 2_000 },
} as const

export const abortCases: readonly PluginCase[] = [
  {
    title: "a caller who has given up before the call sends nothing",
    async run(subject) {
      const world = openWorld(subject)
      const signal = AbortSignal.abort("given up")
      const { failure } = await world.clock.runUntil(world.ask({ ...questions.plain, signal }), "The call")
      claim("failure", failure, "cancelled/cancelled")
      claim("requests", callsTo(world).length, 0)
      await world.settle()
      claim("left behind", leftovers(world), [])
    },
  },
  {
    title: "a caller who gives up while a request is in flight ends all of it at once",
    run: (subject) =>
      giveUp(subject, {
        question: questions.plain,
        world: { primary: [hole], backup: [hole] },
        afterMs: 1_000,
      }),
  },
  {
    title: "a caller who gives up in the middle of a stream ends all of it at once",
    run: (subject) =>
      giveUp(subject, { question: questions.stream, world: { tokensPerSecond: 5 }, afterMs: 1_500 }),
  },
  {
    title: "a caller who gives up while the provider wants to be left alone ends all of it at once",
    run: (subject) =>
      giveUp(subject, {
        question: questions.plain,
        world: { primary: [askedToWait], backup: [askedToWait] },
        afterMs: 1_500,
      }),
  },
  {
    title: "a caller who gives up while nothing is available ends all of it at once",
    run: (subject) =>
      giveUp(subject, {
        question: questions.plain,
        world: { behind: [closedGate(2_000)] },
        afterMs: 1_000,
      }),
  },
]
