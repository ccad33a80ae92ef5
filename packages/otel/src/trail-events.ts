import type { TrailEntry } from "@bellwether/core"
import type { Attributes } from "@opentelemetry/api"

/** Something that happened to a call beside its attempts. */
export interface TrailEvent {
  readonly name: string
  /** Milliseconds from the start of the call. */
  readonly atMs: number
  readonly attributes: Attributes
}

/** What a trail tells that attempts do not: who was passed over and why, failovers, waits. */
export function eventsOf(trail: readonly TrailEntry[]): readonly TrailEvent[] {
  const events: TrailEvent[] = []
  /** Who was asked last, and what became of it. */
  let last: string | undefined
  let reason: string | undefined
  for (const entry of trail) {
    const { atMs } = entry
    switch (entry.step) {
      case "target-skipped":
      case "target-refused":
        events.push(event(atMs, entry.step, { "bellwether.target": entry.target }, entry.reason))
        break
      case "model-changed":
        events.push(event(atMs, entry.step, { "gen_ai.request.model": entry.model }, entry.reason))
        break
      case "call-refused":
        events.push(event(atMs, entry.step, {}, entry.reason))
        break
      case "waited":
        events.push(
          event(atMs, entry.step, { "bellwether.wait.duration": entry.waitMs / 1_000 }, entry.reason),
        )
        break
      case "attempt-failed":
        if (entry.target === last) reason = entry.class
        break
      case "attempt-started": {
        const { target, kind } = entry
        if (last !== undefined && last !== target && kind !== "hedge")
          events.push(event(atMs, "failover", { "bellwether.from": last, "bellwether.to": target }, reason))
        last = target
        reason = undefined
        break
      }
      default:
    }
  }
  return events
}

function event(atMs: number, name: string, attributes: Attributes, reason: string | undefined): TrailEvent {
  if (reason !== undefined) attributes["bellwether.reason"] = reason
  return { atMs, name: `bellwether.${name}`, attributes }
}
