import type { FailureClass } from "@bellwether/wire"
import type { Clock } from "./clock.ts"
import type { CallEnding, Draft } from "./ending.ts"
import type { LiveCall } from "./live-call.ts"
import type { TrailEntry } from "./trail.ts"

/** What is known of a call, as plain data: ids and classes, no prompt text, no keys. */
export interface CallRecord {
  readonly id: string
  /** `chat`, `responses`, `embeddings`, … */
  readonly operation: string
  /** The model the caller asked for. */
  readonly model?: string
  /** Wall time in milliseconds. */
  readonly startedAt: number
  readonly state: "running" | "answered" | "failed"
  /** Milliseconds it took, or takes already. */
  readonly durationMs: number
  readonly failure?: { readonly class: FailureClass; readonly code: string }
  /** Why targets were chosen or passed over, what became of the attempts, what was waited for. */
  readonly trail: readonly TrailEntry[]
}

/** What is known of a call; without an ending it is still running. */
export function recordOf(call: LiveCall, clock: Clock, ending?: CallEnding): CallRecord {
  const durationMs = Math.round(ending?.durationMs ?? clock.now() - call.startedAtMs)
  const { failure } = ending ?? {}
  const record: Draft<CallRecord> = {
    id: call.id,
    operation: call.operation.name,
    startedAt: Math.round(clock.date()) - durationMs,
    state: ending === undefined ? "running" : failure === undefined ? "answered" : "failed",
    durationMs,
    trail: call.trail,
  }
  if (call.model !== undefined) record.model = call.model
  if (failure !== undefined) record.failure = { class: failure.class, code: failure.code }
  return record
}
