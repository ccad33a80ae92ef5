import { AttemptCommitted, AttemptEnded } from "@bellwether/core"
import type { Attempt, Ending, Services, Target } from "@bellwether/core"
import { failureTable } from "@bellwether/wire"
import { recent } from "../recent.ts"
import { kindOf, mostKinds } from "./kind.ts"
import { penalised } from "./latency.ts"
import type { Latency, Learn } from "./latency.ts"

/** What is known of how fast targets answer. */
export interface Latencies {
  /** For this kind of question; `undefined` when nothing is known. */
  of(target: Target, kind: string): Latency | undefined
}

/** Learns from every attempt of the pipeline, for each kind of question on its own. */
export function createLatencies(
  { clock, kept, on, renewed }: Pick<Services, "clock" | "kept" | "on" | "renewed">,
  learn: Learn,
): Latencies {
  const kinds = kept("latencies", () => recent<Map<string, Latency>>(mostKinds))
  for (const [, byTarget] of kinds.entries()) for (const { id } of renewed) byTarget.delete(id)

  function update(
    { call, model, target }: Attempt,
    change: (known: Latency | undefined) => Latency | undefined,
  ): void {
    const kind = kindOf(call, model)
    const byTarget = kinds.get(kind) ?? new Map<string, Latency>()
    const latency = change(byTarget.get(target.id))
    if (latency === undefined) return
    byTarget.set(target.id, latency)
    kinds.set(kind, byTarget)
  }

  on(AttemptCommitted, ({ attempt }) => {
    // Going on with a stream commits at its first new content, which is no first content.
    if (attempt.kind === "resume") return
    const nowMs = clock.now()
    update(attempt, (known) => learn(known, nowMs - attempt.startedAtMs, nowMs))
  })
  on(AttemptEnded, ({ attempt, ending }) => {
    const nowMs = clock.now()
    if (isAgainst(ending)) update(attempt, (known) => penalised(known, ending.durationMs, nowMs))
    // Nobody knows how long it would have taken, but longer than this.
    else if (isCutShort(attempt, ending))
      update(attempt, (known) =>
        known === undefined || ending.durationMs > known.ms ? { ms: ending.durationMs, atMs: nowMs } : known,
      )
  })
  return { of: (target, kind) => kinds.get(kind)?.get(target.id) }
}

/** Whether it failed in a way that another endpoint may not have: one that limits or is out of keys is no good either. */
function isAgainst({ failure, blamed, health }: Ending): boolean {
  const fault = blamed ?? failure
  if (fault === undefined) return false
  const row = failureTable[fault.class]
  return row.health === "counts" ? health === "failure" : row.otherEndpoint === "yes"
}

/** Whether somebody stopped waiting for its first content. */
const isCutShort = ({ committed }: Attempt, { failure }: Ending): boolean =>
  !committed && (failure?.class === "cancelled" || failure?.class === "superseded")
