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
  let last: string | undefined
  for (const entry of trail) {
    const event = eventOf(entry, last)
    if (event !== undefined) events.push({ ...event, atMs: entry.atMs })
    if (entry.step === "attempt-started") last = entry.target
  }
  return events
}

function eventOf(entry: TrailEntry, last: string | undefined): Omit<TrailEvent, "atMs"> | undefined {
  switch (entry.step) {
    case "target-skipped":
    case "target-refused": {
      const { step, target, reason } = entry
      const attributes = { "bellwether.target": target, "bellwether.reason": reason }
      return { name: `bellwether.${step}`, attributes }
    }
    case "model-changed": {
      const { model, reason } = entry
      const attributes = { "gen_ai.request.model": model, "bellwether.reason": reason }
      return { name: "bellwether.model-changed", attributes }
    }
    case "call-refused":
      return { name: "bellwether.call-refused", attributes: { "bellwether.reason": entry.reason } }
    case "waited": {
      const { waitMs, reason } = entry
      const attributes = { "bellwether.wait.duration": waitMs / 1_000, "bellwether.reason": reason }
      return { name: "bellwether.waited", attributes }
    }
    case "attempt-started": {
      const { target, kind } = entry
      if (last === undefined || last === target || kind === "hedge") return undefined
      const attributes = { "bellwether.from": last, "bellwether.to": target }
      return { name: "bellwether.failover", attributes }
    }
    default:
      return undefined
  }
}
