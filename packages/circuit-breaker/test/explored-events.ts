import { equalJitter } from "@bellwether/backoff"
import type { Ending, Target } from "@bellwether/core"

export const calls = [0, 1, 2] as const
export const probeTicks = 2
/** An opening lasts one tick, those in a row after it two; three where the provider asks for it. */
export const maxOpenTicks = 2
export const hintTicks = 3
export const forcedTicks = 2
export const model = "gpt-4o"
export const rules = {
  windowMs: 4,
  failureRatio: 0.5,
  minimumCompleted: 3,
  openFor: equalJitter({ baseMs: 2, capMs: 2 * maxOpenTicks }),
  successesToClose: 2,
  probeMs: () => probeTicks,
}

export const target: Target = {
  id: "primary/key-1",
  endpoint: "primary",
  key: "key-1",
  tier: 0,
  weight: 1,
  prefill: false,
}
export const outcomes = {
  success: { health: "success", durationMs: 0 },
  failure: {
    health: "failure",
    durationMs: 0,
    failure: { class: "overloaded", code: "overloaded", message: "primary/key-1 is overloaded." },
  },
  hinted: {
    health: "failure",
    durationMs: 0,
    failure: {
      class: "overloaded",
      code: "overloaded",
      message: "primary/key-1 is overloaded.",
      retryAfterMs: hintTicks,
    },
  },
  neutral: {
    health: "neutral",
    durationMs: 0,
    failure: { class: "cancelled", code: "cancelled", message: "The caller gave up." },
  },
} satisfies Record<string, Ending>

export type Step = "admit" | "panic" | "commit" | keyof typeof outcomes
/** What comes from outside of the calls. */
export const outside = ["wake", "force open", "force open for a while", "force closed"] as const
export type Event = "tick" | (typeof outside)[number] | `${Step} ${(typeof calls)[number]}`
