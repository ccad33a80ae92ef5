import { PipelineError, refuseFaults } from "@bellwether/core"

/**
 * Makes several things, each under its name, and refuses what is wrong with the options of all of them at once: whoever
 * mends the first fault shall not meet the second.
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function together<Made extends object>(makers: {
  readonly [Name in keyof Made]: () => Made[Name]
}): Made {
  const faults: string[] = []
  const made = Object.entries<() => unknown>(makers).map(([name, make]) => {
    try {
      return [name, make()]
    } catch (error) {
      if (!PipelineError.is(error, "invalid-options")) throw error
      faults.push(...(error.faults ?? [error.message]))
      return [name, undefined]
    }
  })
  refuseFaults(faults)
  return Object.fromEntries(made) as Made
}
