import type { FaultRule } from "@bellwether/testing"

/** A stretch of the outage: what is wrong with the primary, and for how long. */
export interface Phase {
  readonly name: string
  readonly seconds: number
  readonly faults: readonly FaultRule[]
}

/** Keys of the primary; the demo's providers accept only these. */
export const primaryKeys = ["sk-primary-1", "sk-primary-2"] as const

/** What can be asked of a provider when it breaks: models and usage still answer, as in real outages. */
const route = "chat" as const

/** Half a minute in which everything happens to the primary that happens to providers. */
export const phases: readonly Phase[] = [
  { name: "well", seconds: 3, faults: [] },
  { name: "slow", seconds: 3, faults: [{ kind: "latency", ms: 600, when: { route } }] },
  { name: "failing", seconds: 4, faults: [{ kind: "error", error: "server-error", when: { route } }] },
  { name: "hanging", seconds: 4, faults: [{ kind: "black-hole", when: { route } }] },
  {
    name: "cutting off",
    seconds: 3,
    faults: [
      { kind: "stream-cut", afterContent: 0, ending: "close", when: { route, stream: true } },
      { kind: "body-cut", when: { route, stream: false } },
    ],
  },
  {
    name: "cutting short",
    seconds: 3,
    faults: [{ kind: "stream-cut", afterContent: 3, when: { route, stream: true } }],
  },
  {
    name: "stalling",
    seconds: 3,
    faults: [{ kind: "stream-stall", afterContent: 3, when: { route, stream: true } }],
  },
  {
    name: "rate limiting",
    seconds: 3,
    faults: [
      {
        kind: "error",
        error: "rate-limited",
        retryAfter: { as: "seconds", ms: 2_000 },
        when: { route, key: primaryKeys[0] },
      },
    ],
  },
  {
    name: "refusing a key",
    seconds: 4,
    faults: [{ kind: "error", error: "invalid-key", when: { route, key: primaryKeys[0] } }],
  },
  { name: "well again", seconds: 4, faults: [] },
]

/** How long the whole demo drives load, in milliseconds. */
export const durationMs: number = phases.reduce((sum, { seconds }) => sum + seconds * 1_000, 0)

/** The index of the phase it is so many milliseconds after the start. */
export function phaseAt(elapsedMs: number): number {
  let endMs = 0
  const index = phases.findIndex(({ seconds }) => elapsedMs < (endMs += seconds * 1_000))
  return index === -1 ? phases.length - 1 : index
}
