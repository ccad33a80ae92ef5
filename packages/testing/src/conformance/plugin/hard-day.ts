import type { CallInput } from "@bellwether/core"
import { everythingIn } from "./everything-in.ts"
import { questions } from "./questions.ts"
import type { Told } from "./told.ts"
import type { World } from "./world.ts"

/** How far apart calls come, in milliseconds. */
const stepMs = 5_000
const steps = 40

/** What happens on a day on which everything goes wrong that can, and then nothing. */
export interface Day {
  /** What the callers got, in the order in which they asked. */
  readonly answers: readonly Told[]
  /** What the plugin told of itself in the course of it. */
  readonly inspections: readonly unknown[]
}

/** Breaks both providers in many ways, one after the other and for a while at once. */
const breakEverything = ({ primary, backup }: World): void => {
  const at = (fromSeconds: number, untilSeconds: number) => ({
    fromMs: fromSeconds * 1_000,
    untilMs: untilSeconds * 1_000,
  })
  primary.inject({ kind: "error", error: "overloaded" }, at(10, 50))
  backup.inject({ kind: "error", error: "server-error" }, at(25, 45))
  const retryAfter = { as: "seconds", ms: 4_000 } as const
  primary.inject({ kind: "error", error: "rate-limited", retryAfter }, at(60, 80))
  primary.inject({ kind: "black-hole" }, at(90, 110))
  primary.inject({ kind: "stream-cut", afterContent: 1 }, at(120, 130))
  primary.inject({ kind: "error", error: "invalid-key" }, at(140, 150))
  backup.inject({ kind: "connection-reset" }, at(145, 160))
}

/** Lives through a day: every five seconds a plain call, a stream, and a call that is given up, for 200 seconds. */
export const hardDay = async (world: World): Promise<Day> => {
  breakEverything(world)
  return day(world, steps)
}

/** A day without trouble, of five steps. */
export const quietDay = (world: World): Promise<Day> => day(world, 5)

const day = async (world: World, length: number): Promise<Day> => {
  const { clock } = world
  const asked: Promise<Told>[] = []
  const inspections: unknown[] = []
  const ask = (question: CallInput): void => void asked.push(world.ask({ ...question, deadlineMs: 20_000 }))
  for (let step = 1; step <= length; step++) {
    const controller = new AbortController()
    clock.after(200, () => controller.abort("given up"))
    ask(questions.plain)
    ask(questions.stream)
    ask({ ...questions.plain, signal: controller.signal })
    await clock.advance(stepMs)
    if (step % 5 === 0) inspections.push(world.inspect())
  }
  const answers = await clock.runUntil(Promise.all(asked), "A call")
  return { answers, inspections: [...inspections, world.inspect()] }
}

/** Everything that can be seen of a day, a line each. */
export const logOf = (
  { watch, primary, backup }: World,
  { answers, inspections }: Day,
): readonly string[] => [
  ...answers.map((answer) => `answer ${JSON.stringify(answer)}`),
  ...watch.events.map((event) => `event ${JSON.stringify(event)}`),
  ...watch.verdicts.map((verdict) => `verdict ${everythingIn(verdict)}`),
  ...inspections.map((inspection) => `inspection ${everythingIn(inspection)}`),
  ...[primary, backup].flatMap(({ requests }) =>
    requests.map((request) => `request ${everythingIn(request)}`),
  ),
]
