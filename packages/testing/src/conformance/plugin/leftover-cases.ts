import type { ReceivedRequest } from "../../hostile-provider/received-request.ts"
import type { ScriptLine } from "../../scripted-provider/script.ts"
import { claim } from "../claim.ts"
import { leftovers, listeners } from "./leftovers.ts"
import type { PluginCase } from "./plugin-case.ts"
import { questions } from "./questions.ts"
import { openWorld, type World } from "./world.ts"

const wrong = { ...questions.plain, headers: { "x-of-the-caller": "wrong" } }

/** Refuses what is wrong by itself, which says nothing of anybody's health. */
const primary = ({ headers }: ReceivedRequest): ScriptLine =>
  headers["x-of-the-caller"] === "wrong" ? { kind: "error", error: "invalid-request" } : {}

/** A call that is given up while it is in flight. */
const givenUp = async ({ pipeline, clock }: World): Promise<void> => {
  const controller = new AbortController()
  clock.after(1, () => controller.abort("given up"))
  await pipeline.call({ ...questions.plain, signal: controller.signal })
}

/** A stream that is left after its first piece. */
const left = async ({ pipeline }: World): Promise<void> => {
  const result = await pipeline.call(questions.stream)
  if (!result.ok) return
  const reader = result.response.body?.getReader()
  await reader?.read()
  await reader?.cancel("enough")
}

/** A call for each way there is of being over. */
const oneOfEach = (world: World): Promise<unknown> =>
  world.clock.runUntil(
    Promise.all([
      world.ask(questions.plain),
      world.ask(questions.stream),
      world.ask(wrong),
      givenUp(world),
      left(world),
    ]),
    "A call",
  )

/** What stays for as long as the pipeline does. */
const standing = ({ clock, watch: { services } }: World): number =>
  clock.pending + (services === undefined ? 0 : listeners(services.signal))

export const leftoverCases: readonly PluginCase[] = [
  {
    title: "calls that are over leave nothing behind, however they ended",
    async run(subject) {
      const world = openWorld(subject, { primary })
      await oneOfEach(world)
      const before = standing(world)
      for (let round = 0; round < 5; round++) await oneOfEach(world)
      await world.settle()
      claim("left behind", leftovers(world), [])
      const added = Math.max(0, standing(world) - before)
      claim("timers and listeners that 25 calls have added to those of 5", added, 0)
    },
  },
  {
    title: "hundreds of calls, answered or given up, use nothing up",
    async run(subject) {
      const world = openWorld(subject, { primary })
      for (let round = 0; round < 50; round++) {
        await oneOfEach(world)
        await world.clock.runUntil(Promise.all(Array.from({ length: 10 }, () => givenUp(world))), "A call")
      }
      await world.clock.advance(3_600_000)
      const { status } = await world.clock.runUntil(world.ask(questions.plain), "The call")
      claim("status of a call an hour later", status, 200)
    },
  },
]
