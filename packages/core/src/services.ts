import type { FailureClass } from "@bellwether/wire"
import type { Attempt } from "./attempt.ts"
import type { Board } from "./board.ts"
import type { Clock } from "./clock.ts"
import type { EventType } from "./event.ts"
import type { Key } from "./key.ts"
import { defineKey } from "./key.ts"
import type { Random } from "./random.ts"
import type { Shared, SharedOptions } from "./shared-cells.ts"
import type { Store } from "./store.ts"
import type { Price, Target } from "./target.ts"

/** A request outside the pipeline: a probe or a usage poll. */
export interface ProbeRequest {
  readonly method: string
  /** Below the endpoint's base URL, starting with a slash; may carry a query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** What core lends to a plugin, at `setup`. */
export interface Services {
  readonly clock: Clock
  readonly random: Random
  /** The store the pipeline was given; `undefined` when state stays in this process. Most plugins want `shared`. */
  readonly store: Store | undefined
  readonly board: Board
  readonly targets: readonly Target[]
  /**
   * Those of the targets whose address or key is another one than when an earlier pipeline of the same state knew them:
   * what was learnt of them is to be forgotten, at `setup`.
   */
  readonly renewed: readonly Target[]
  /** Aborted when the pipeline closes. */
  readonly signal: AbortSignal
  /**
   * What the plugin of this name has kept under this name in an earlier pipeline of the same state; else what `make`
   * makes, to be kept. Both pipelines have it, for as long as both live: plain data that is changed in place, never
   * options, nor anything of one pipeline alone. To be asked for at `setup`.
   *
   * @example
   * const counts = services.kept("counts", () => new Map<string, number>())
   */
  kept<T>(name: string, make: () => T): T
  /** A piece of state a fleet should agree on: read and written synchronously, joined in the background. */
  shared<T>(key: string, options: SharedOptions<T>): Shared<T>
  /** Sends with the target's authorization through the transport alone: no middleware, no admission. */
  send(target: Target, request: ProbeRequest): Promise<Response>
  /** Offers an implementation to the other plugins. A second one for the same key is refused. */
  provide<T>(key: Key<T>, implementation: T): void
  /** The implementation, looked up when asked: its provider may be set up later. */
  use<T>(key: Key<T>): () => T
  emit<T>(type: EventType<T>, data: T): void
  on<T>(type: EventType<T>, listener: (data: T) => void): () => void
}

/** From whoever limits attempts (timeout) to whoever waits for their commit (a probe's lease). */
export interface CommitLimit {
  /** Milliseconds an attempt may take to its commit point; `undefined` when nobody limits it. */
  of(attempt: Attempt): number | undefined
}

/** The limit on the way to the commit point. Without a `timeout` plugin nobody limits. */
export const CommitLimit: Key<CommitLimit> = defineKey<CommitLimit>("commit-limit", { of: () => undefined })

/** From whoever breaks circuits to whoever probes. */
export interface Circuits {
  /** A probe from outside has found the target answering: its open circuits may be tried before their time. */
  wake(target: Target): void
}

/** The circuits of the pipeline. Without a `circuit-breaker` plugin there are none. */
export const Circuits: Key<Circuits> = defineKey<Circuits>("circuits", { wake: () => {} })

/** From whoever keeps keys out of use that were refused to whoever learns without a call that they work again. */
export interface Parks {
  /**
   * Something other than a call has shown that what the target's key was parked for is over: it is back in use before
   * its time. Only a call that succeeds makes the next parking a short one.
   *
   * @param cause the class it was parked for; what it was parked for besides goes on
   * @param reason for people: `a usage poll tells of more`
   */
  lift(target: Target, cause: FailureClass, reason: string): void
}

/** The parks of the pipeline. Without a `retry` plugin there are none. */
export const Parks: Key<Parks> = defineKey<Parks>("parks", { lift: () => {} })

/** From whoever puts another model in the place of one to whoever wonders where else a call could go. */
export interface StandIns {
  /** Whether another model may be asked for. */
  has(model: string | undefined): boolean
}

/** The models that others stand in for. Without a `fallback` plugin there are none. */
export const StandIns: Key<StandIns> = defineKey<StandIns>("stand-ins", { has: () => false })

/** From whoever knows prices to whoever compares them. */
export interface PriceOf {
  /** `undefined` when the price is not known. */
  of(target: Target, model: string | undefined): Price | undefined
  /** Whether there is anything at all to know the target's prices from. @default there is */
  knows?(target: Target): boolean
}

/** What tokens cost. Without a `cost` plugin: what the endpoints are declared to cost. */
export const PriceOf: Key<PriceOf> = defineKey<PriceOf>("price-of", {
  of: ({ price }) => price,
  knows: ({ price }) => price !== undefined,
})

/** What a repeat, a hedge or a panic try costs; see law 4. */
export interface RetryBudget {
  /** Takes one token of the receiving target; `false` when there is none. Never waits. */
  spend(target: Target): boolean
}

/** The retry budget of the pipeline. Without a `retry` plugin nothing limits. */
export const RetryBudget: Key<RetryBudget> = defineKey<RetryBudget>("retry-budget", { spend: () => true })
