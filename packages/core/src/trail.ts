import type { FailureClass } from "@bellwether/wire"
import type { AttemptKind } from "./attempt.ts"

/**
 * One line of a call's trail. Ids and classes only: never prompt text, never keys, so that a trail can be
 * logged, shown and replayed as it is. `atMs` counts from the start of the call.
 */
export type TrailEntry =
  | {
      readonly atMs: number
      readonly step: "target-skipped"
      readonly target: string
      readonly reason: string
    }
  | {
      readonly atMs: number
      readonly step: "target-refused"
      readonly target: string
      readonly reason: string
    }
  | {
      readonly atMs: number
      readonly step: "attempt-started"
      readonly target: string
      readonly number: number
      readonly kind: AttemptKind
      /** Why this target. */
      readonly reason?: string
    }
  | {
      readonly atMs: number
      readonly step: "attempt-committed" | "attempt-succeeded"
      readonly target: string
      readonly number: number
    }
  | {
      readonly atMs: number
      readonly step: "attempt-failed"
      readonly target: string
      readonly number: number
      readonly class: FailureClass
      readonly code: string
      readonly status?: number
    }
  /** Another model is asked for than before. */
  | { readonly atMs: number; readonly step: "model-changed"; readonly model: string; readonly reason: string }
  /** A limit of one's own let the call make no attempt. */
  | { readonly atMs: number; readonly step: "call-refused"; readonly reason: string }
  | { readonly atMs: number; readonly step: "waited"; readonly reason: string; readonly waitMs: number }

type WithoutTime<T> = T extends unknown ? Omit<T, "atMs"> : never
/** A {@link TrailEntry} before the call stamps the time on it. */
export type TrailNote = WithoutTime<TrailEntry>
