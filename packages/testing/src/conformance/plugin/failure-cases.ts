import type { ScriptLine } from "../../scripted-provider/script.ts"
import { claim } from "../claim.ts"
import { leftovers } from "./leftovers.ts"
import type { PluginCase, PluginSubject } from "./plugin-case.ts"
import { questions } from "./questions.ts"
import { bodyOf } from "./told.ts"
import { openWorld, without } from "./world.ts"

/** Errors of each kind there is: of the caller, of the key, of the account, of the load, of the provider. */
const failures: readonly ScriptLine[] = [
  { kind: "error", error: "invalid-request" },
  { kind: "error", error: "context-length" },
  { kind: "error", error: "invalid-key" },
  { kind: "error", error: "permission-denied" },
  { kind: "error", error: "model-missing" },
  { kind: "error", error: "insufficient-quota" },
  { kind: "error", error: "rate-limited" },
  { kind: "error", error: "server-error" },
  { kind: "error", error: "overloaded" },
  { kind: "body-html" },
  { kind: "connection-reset" },
]

const outcome = async (subject: PluginSubject, line: ScriptLine) => {
  const world = openWorld(subject, { primary: [line], backup: [line] })
  const { status, failure, ...answer } = await world.clock.runUntil(world.ask(questions.plain), "The call")
  return { status, failure, error: errorIn(bodyOf({ status, ...answer })) }
}

/** What an error says of itself; without our own trail, which tells the plugin's doings. */
const errorIn = (body: string): unknown => {
  const { error } = JSON.parse(body) as { error: Record<string, unknown> }
  return { ...error, trail: undefined }
}

export const failureCases: readonly PluginCase[] = [
  {
    title: "where every provider fails, its real error reaches the caller",
    async run(subject) {
      for (const line of failures) {
        const alone = without({ ...subject, before: () => [] })
        claim(`outcome of ${JSON.stringify(line)}`, await outcome(subject, line), await outcome(alone, line))
      }
    },
  },
  {
    title: "a stream that is cut again and again never ends as if it were whole",
    async run(subject) {
      const cut = { kind: "stream-cut", afterContent: 3 } as const
      const world = openWorld(subject, { primary: [cut], backup: [cut] })
      const { broken } = await world.clock.runUntil(world.ask(questions.stream), "The stream")
      claim("the stream ended with an error", broken !== undefined, true)
    },
  },
  {
    title: "a call that nobody answers is over at its deadline, and leaves nothing behind",
    async run(subject) {
      const hole = { kind: "black-hole" } as const
      const world = openWorld(subject, { primary: [hole], backup: [hole] })
      const asking = world.ask({ ...questions.plain, deadlineMs: 45_000 })
      const { ok, endedAtMs } = await world.clock.runUntil(asking, "The call")
      await world.settle()
      claim("an answer came", ok, false)
      claim(`the call was over in time (after ${endedAtMs} ms)`, endedAtMs <= 45_000, true)
      claim("left behind", leftovers(world), [])
    },
  },
]
