import { AttemptEnded, AttemptStarted, CallEnded, CallStarted, TargetRefused } from "@bellwether/core"
import { claim, claimSameLines } from "../claim.ts"
import { everythingIn } from "./everything-in.ts"
import { hardDay, logOf } from "./hard-day.ts"
import { unplain } from "./plain-data.ts"
import type { PluginCase } from "./plugin-case.ts"
import { secrets } from "./questions.ts"
import { bodyOf } from "./told.ts"
import { verdictFaults } from "./verdict-faults.ts"
import { isKebabCase } from "./wording.ts"
import { openWorld, type World } from "./world.ts"

const ownEvents = ({ watch }: World): readonly string[] => [...new Set(watch.events.map(({ name }) => name))]

const eventsOfCore = [CallStarted, CallEnded, AttemptStarted, AttemptEnded, TargetRefused]

const claimKept = (what: string, told: unknown, kept: readonly string[]): void => {
  const text = typeof told === "string" ? told : everythingIn(told)
  const found = kept.filter((secret) => text.includes(secret))
  claim(`secrets in ${what}`, found, [])
}

export const wordCases: readonly PluginCase[] = [
  {
    title: "its name and those of its events are in kebab-case",
    async run(subject) {
      const world = openWorld(subject)
      await hardDay(world)
      const names = [world.watch.plugin.name, ...ownEvents(world)]
      claim(
        "other names",
        names.filter((name) => !isKebabCase(name)),
        [],
      )
    },
  },
  {
    title: "inspect() tells plain data, and asking changes nothing",
    async run(subject) {
      const world = openWorld(subject)
      const { inspections } = await hardDay(world)
      for (const inspection of inspections)
        if (inspection !== undefined) claim("fault", unplain(inspection, "inspect()"), undefined)
      claim("inspect() asked again", everythingIn(world.inspect()), everythingIn(inspections.at(-1)))
    },
  },
  {
    title:
      "its verdicts are plain data about targets there are, with a reason in words and times of the clock",
    async run(subject) {
      const world = openWorld(subject)
      await hardDay(world)
      const { verdicts, takes } = world.watch
      const refusals = takes.flatMap(({ peeked, taken, isLease }) => (isLease ? [peeked] : [peeked, taken]))
      for (const verdict of [...verdicts.map((said) => said.verdict), ...refusals])
        if (verdict !== undefined) claim("faults of a verdict", verdictFaults(verdict), [])
      const known = ["primary", "backup"]
      const unknown = verdicts.filter(({ scope }) => !known.includes(scope.endpoint))
      claim("verdicts about endpoints that do not exist", unknown, [])
    },
  },
  {
    title: "keys and the words of callers and providers stay in",
    async run(subject) {
      const world = openWorld(subject)
      const { answers, inspections } = await hardDay(world)
      const { keys, prompt, answer } = secrets
      const words = [...keys, prompt, answer.slice(0, 20)]
      claimKept("inspect()", inspections, words)
      claimKept("verdicts", world.watch.verdicts, words)
      claimKept(
        "trails",
        answers.map(({ trail }) => trail),
        words,
      )
      for (const { name, text } of world.watch.events) claimKept(name, text, [...keys, prompt])
      claimKept("failures", answers.filter(({ ok }) => !ok).map(bodyOf), [...keys, prompt])
    },
  },
  {
    title: "nothing in it throws, whatever happens",
    async run(subject) {
      const world = openWorld(subject)
      const { answers } = await hardDay(world)
      claim(
        "what threw",
        world.thrown.map(({ event, error }) => `${event}: ${String(error)}`),
        [],
      )
      const failed = answers.filter(({ failure }) => failure === "call-refused/plugin-failed")
      claim("calls that failed because of a plugin", failed.length, 0)
    },
  },
  {
    title: "listeners that throw change nothing",
    async run(subject) {
      const calm = openWorld(subject)
      const log = logOf(calm, await hardDay(calm))
      const world = openWorld(subject)
      for (const { name } of [...eventsOfCore, ...ownEvents(calm).map((name) => ({ name }))])
        world.pipeline.on({ name }, () => {
          throw new Error("from a listener of the suite")
        })
      claimSameLines("the log of a day", logOf(world, await hardDay(world)), log)
    },
  },
]
