import type { BellwetherOptions } from "bellwether"

/** Something in a config that will not do what whoever wrote it may think. */
export interface Finding {
  /** Where, as in the file: `circuitBreaker.minimumCompleted`. */
  readonly path: string
  /** What is wrong with it, and what to do. */
  readonly sentence: string
}

/** What is known beside the config. */
export interface Traffic {
  /** `undefined` when nobody said. */
  readonly callsPerMinute: number | undefined
}

/** Looks for one kind of finding. */
export type Search = (options: BellwetherOptions, traffic: Traffic) => readonly Finding[]

/** A finding, if it is one. */
export const when = (isOne: boolean, path: string, sentence: string): readonly Finding[] =>
  isOne ? [{ path, sentence }] : []
