import type { BellwetherOptions } from "bellwether"

/** The options that bound a call, with the defaults of those that are not set. */
export const boundsOf = ({ attempts = 8, deadlineMs = 600_000 }: BellwetherOptions) => ({
  attempts,
  deadlineMs,
})

/** The limits of an attempt with their defaults; `undefined` where there are none. */
export const limitsOf = ({ timeout }: BellwetherOptions) =>
  timeout === false
    ? undefined
    : { headersMs: 30_000, firstContentMs: 30_000, idleMs: 30_000, answerMs: 120_000, ...timeout }

/** What models that think first are given for their first content. */
export const thinkingMs = 120_000

/** When circuits open, with the defaults; `undefined` where there are none. */
export const circuitsOf = ({ circuitBreaker }: BellwetherOptions) =>
  circuitBreaker === false
    ? undefined
    : {
        consecutiveFailures: 5,
        failureRatio: 0.5,
        minimumCompleted: 10,
        windowMs: 120_000,
        ...circuitBreaker,
      }

/** Whether a plugin is in the pipeline, by its option or in `use`. */
export const has = (options: BellwetherOptions, name: "cost" | "resume" | "hedge" | "fallback"): boolean =>
  (options[name] !== undefined && options[name] !== false) ||
  options.use?.some((plugin) => plugin.name === name) === true
