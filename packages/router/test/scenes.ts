import type { Target, Verdict } from "@bellwether/core"
import type { Scene } from "../src/next-step.ts"
import type { Candidate } from "../src/rank.ts"

/** The moment all scenes play at. */
export const nowMs = 10_000

/** A target by its id: `alpha/main`. */
export const target = (id: string, tier = 0): Target => {
  const [endpoint = id, key = "main"] = id.split("/")
  return { id, endpoint, key, tier, weight: 1, prefill: false }
}

export const available: Verdict = { status: "available" }

export const candidate = (
  where: Target,
  verdict: Verdict = available,
  { wish = 0, spared = false }: Partial<Pick<Candidate, "wish" | "spared">> = {},
): Candidate => ({ target: where, verdict, wish, spared })

export const degraded: Verdict = { status: "degraded", reason: "slow" }

/** Unavailable for so many milliseconds from now; without a number, for nobody knows how long. */
export const closedFor = (ms?: number, parked = false): Verdict => ({
  status: "unavailable",
  reason: "closed",
  ...(ms !== undefined && { untilMs: nowMs + ms }),
  ...(parked && { parked: true }),
})

export const scene = (candidates: readonly Candidate[], more: Partial<Scene> = {}): Scene => ({
  candidates,
  sole: candidates.length === 1,
  refused: new Set<string>(),
  lineless: new Set(candidates.map(({ target: { id } }) => id)),
  hopeless: new Set<string>(),
  panicked: new Set<string>(),
  onUnavailable: "wait-then-panic",
  nowMs,
  patientUntilMs: nowMs + 3_000,
  ...more,
})
