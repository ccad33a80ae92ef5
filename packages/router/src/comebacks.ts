import type { Clock, Random, Services, Target, Verdict } from "@bellwether/core"
import { modelKey } from "./model-key.ts"
import { looked, shareOf } from "./ramp.ts"
import type { Absence } from "./ramp.ts"
import { recent } from "./recent.ts"
import type { Recent } from "./recent.ts"

/** Spares targets that come back from being unavailable: a recovering one must not get all calls at once. */
export interface Comebacks {
  /** Takes in what the board says of a target, and tells whether this call should rather go elsewhere. */
  spares(target: Target, model: string | undefined, verdict: Verdict): boolean
  /** Who is coming back, and the share of its calls it takes. */
  inspect(): readonly { readonly target: string; readonly model: string; readonly share: number }[]
}

/** What comebacks are made of. */
export interface ComebacksOptions {
  readonly clock: Pick<Clock, "now">
  readonly random: Pick<Random, "next">
  /** Milliseconds; 0 spares nobody. */
  readonly rampMs: number
  /** Who was away, by target and model. Nobody is in it while all is well. @default nobody */
  readonly absences?: Absences
}

/** Kept from pipeline to pipeline. */
export type Absences = Map<string, Recent<Absence>>

/** Who was away, also as an earlier pipeline saw it. */
export function keptAbsences({ kept, renewed }: Pick<Services, "kept" | "renewed">): Absences {
  const absences: Absences = kept("absences", () => new Map<string, Recent<Absence>>())
  for (const { id } of renewed) absences.delete(id)
  return absences
}

/** So many models are remembered of each target; callers may name any. */
const mostModels = 1_000

export function createComebacks(options: ComebacksOptions): Comebacks {
  const { clock, random, rampMs, absences = new Map<string, Recent<Absence>>() } = options

  function remember(target: string, model: string, absence: Absence | undefined): void {
    const models = absences.get(target) ?? recent<Absence>(mostModels)
    if (absence === undefined) models.delete(model)
    else models.set(model, absence)
    if (models.size === 0) absences.delete(target)
    else absences.set(target, models)
  }

  return {
    spares({ id }, named, verdict) {
      if (rampMs === 0 || (verdict.status !== "unavailable" && absences.size === 0)) return false
      const nowMs = clock.now()
      const model = modelKey(named)
      const before = absences.get(id)?.get(model)
      const now = looked(before, verdict, nowMs, rampMs)
      if (now !== before) remember(id, model, now)
      // The first to see it back may try it: a circuit may be waiting for a probe.
      if (now?.state !== "back" || before?.state === "away") return false
      return random.next() >= shareOf(now, nowMs)
    },
    inspect() {
      const nowMs = clock.now()
      return [...absences].flatMap(([target, models]) =>
        models.entries().flatMap(([model, absence]) => {
          const isComing = absence.state === "back" && absence.wholeMs > nowMs
          return isComing ? [{ target, model, share: Math.round(shareOf(absence, nowMs) * 100) / 100 }] : []
        }),
      )
    },
  }
}
