import type { GatewayOptions } from "@bellwether/config"
import type { Target } from "@bellwether/core"
import type { BellwetherOptions } from "bellwether"

/** What a call is like. */
export interface Question {
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
}

/** A config, and what is known beside it. */
export interface Subject {
  readonly options: BellwetherOptions
  readonly gateway: GatewayOptions
  readonly question: Question
  /** Calls a minute; `undefined` when nobody said. */
  readonly callsPerMinute: number | undefined
  /** What the endpoints and their keys come to. */
  readonly targets: readonly Target[]
  /** What the call costs at a target; `undefined` where no price is known. */
  readonly usdAt: (target: Target) => number | undefined
}

/** Something in a config that will not do what whoever wrote it may think. */
export interface Finding {
  /** Where, as in the file: `circuitBreaker.minimumCompleted`. */
  readonly path: string
  /** What is wrong with it, and what to do. */
  readonly sentence: string
}

/** Looks for one kind of finding. */
export type Search = (subject: Subject) => readonly Finding[]

/** A finding, if it is one. */
export const when = (isOne: boolean, path: string, sentence: string): readonly Finding[] =>
  isOne ? [{ path, sentence }] : []
