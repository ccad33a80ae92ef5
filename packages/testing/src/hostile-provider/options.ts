import {
  callable,
  count,
  listOf,
  milliseconds,
  must,
  oneOf,
  required,
  shape,
  text,
  wholeNumber,
  type Checks,
  type Clock,
} from "@bellwether/core"
import type { FaultRule } from "./faults/fault.ts"
import type { Answerer } from "./serving/generation.ts"
import type { KeyLimits } from "./serving/limits.ts"

/** Tokens a day. */
export interface DailyQuota {
  readonly dailyLimit: number
  /** @default 0 */
  readonly dailyUsed?: number
}

/** How a hostile provider behaves. Everything has a default: a provider that accepts all and breaks nothing. */
export interface HostileProviderOptions {
  /** The keys it accepts; others get the real 401. @default any key, or none */
  readonly keys?: readonly string[]
  /** The models it serves; others get the real 404 `model_not_found`. @default {@link defaultModels} */
  readonly models?: readonly string[]
  /** Makes answers and the chance of faults repeat. Providers with the same seed give the same answers. @default 1 */
  readonly seed?: string | number
  /** Says what the text of an answer is. @default words drawn from the conversation and the seed */
  readonly answer?: Answerer
  /** Milliseconds before the head of every answer. @default 0 */
  readonly latencyMs?: number
  /** How fast it talks: a plain answer comes after all its tokens, a stream piece by piece. @default no limit */
  readonly tokensPerSecond?: number
  /**
   * What it does with an assistant message at the end of the conversation: go on from it, answer as if it were not
   * there, or refuse with the real 400.
   *
   * @default "continue"
   */
  readonly prefill?: "continue" | "ignore" | "refuse"
  /** What one key may do, told in true rate-limit headers. @default no limits */
  readonly limits?: KeyLimits
  /** Tokens a day for all keys together, as `GET /usage` tells; then comes `insufficient_quota`. @default no quota */
  readonly quota?: DailyQuota
  /** Faults that are there from the start; more can be injected at run time. @default none */
  readonly faults?: readonly FaultRule[]
  /** Where its waits come from. @default the real clock */
  readonly clock?: Clock
  /** How many requests are remembered, the newest. @default 10000 */
  readonly logLimit?: number
  /** The port on 127.0.0.1. @default a free one */
  readonly port?: number
}

/** The models served unless others are named. */
export const defaultModels: readonly string[] = [
  "gpt-4o",
  "gpt-4o-mini",
  "claude-sonnet-4-5",
  "text-embedding-3-small",
  "gpt-4o-mini-tts",
]

/** What all providers may be told, behind a socket or not; faults are checked when they are injected. */
export const behaviourChecks: Checks<Omit<HostileProviderOptions, "port">> = {
  keys: listOf(text),
  models: listOf(text),
  seed: () => [],
  answer: callable,
  latencyMs: milliseconds,
  tokensPerSecond: must("a number above 0", (value) => typeof value === "number" && value > 0),
  prefill: oneOf(["continue", "ignore", "refuse"]),
  limits: shape<KeyLimits>({ rpm: count, tpm: count, concurrency: count }),
  quota: shape<DailyQuota>({ dailyLimit: required(wholeNumber), dailyUsed: wholeNumber }),
  faults: () => [],
  clock: () => [],
  logLimit: count,
}
