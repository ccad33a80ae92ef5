import { callable, checkOptions, listOf, oneOf, type Plugin } from "@bellwether/core"
import { abortCases } from "./plugin/abort-cases.ts"
import { admissionCases } from "./plugin/admission-cases.ts"
import { answerCases } from "./plugin/answer-cases.ts"
import { failureCases } from "./plugin/failure-cases.ts"
import { isolationCases } from "./plugin/isolation-cases.ts"
import { leftoverCases } from "./plugin/leftover-cases.ts"
import { lifeCases } from "./plugin/life-cases.ts"
import { modelsCase } from "./plugin/models-case.ts"
import { mover } from "./plugin/mover.ts"
import type { PluginCase } from "./plugin/plugin-case.ts"
import { wordCases } from "./plugin/word-cases.ts"
import { reloadCases } from "./plugin/reload-cases.ts"
import type { RegisterTest } from "./test-store.ts"

/** How a plugin is tested. */
export interface PluginTestOptions {
  /**
   * Makes the plugins it cannot do without, in the order in which they stand before it.
   * @default none
   */
  readonly companions?: () => readonly Plugin[]
  /**
   * Titles of tests it fails on purpose, such as that of an untouched answer for one that rewrites answers.
   * @default []
   */
  readonly except?: readonly string[]
}

const cases: readonly PluginCase[] = [
  ...answerCases,
  ...failureCases,
  ...abortCases,
  ...leftoverCases,
  ...admissionCases,
  ...wordCases,
  ...lifeCases,
  ...isolationCases,
  ...reloadCases,
  modelsCase,
]

const titles = cases.map(({ title }) => title)

/**
 * Checks that a plugin keeps the contract of `Plugin`, alone and beside another that moves calls on: with its tests
 * passing, it gets on with every stack. The endpoints are `primary`, with two keys, and `backup`; time begins with the
 * year 2026.
 *
 * @param name goes before each title
 * @param create makes the plugin anew, as often as it is asked
 * @param test of your test runner
 * @throws PipelineError `invalid-options`
 */
export const testPlugin = (
  name: string,
  create: () => Plugin,
  test: RegisterTest,
  options: PluginTestOptions = {},
): void => {
  checkOptions("testPlugin", options, { companions: callable, except: listOf(oneOf(titles)) })
  const { companions = () => [], except = [] } = options
  const add = (place: string, before: () => readonly Plugin[], { title, run }: PluginCase): void => {
    if (!except.includes(title)) test(`${name} ${place}: ${title}`, () => run({ create, before }))
  }
  for (const each of cases) add("alone", companions, each)
  for (const each of cases)
    if (each.isSolitary !== true) add("beside a mover", () => [mover(), ...companions()], each)
}
