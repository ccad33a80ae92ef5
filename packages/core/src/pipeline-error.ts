import type { TrailEntry } from "./trail.ts"

const brand = Symbol.for("bellwether.pipeline-error")

/** What a {@link PipelineError} carries beside its code and sentence. */
export interface PipelineErrorDetails {
  /** HTTP status an SDK should see for it. */
  readonly status?: number
  /** Milliseconds after which another try makes sense. */
  readonly retryAfterMs?: number
  /** The call that failed. */
  readonly callId?: string
  /** What the call did before it failed: ids and classes only. */
  readonly trail?: readonly TrailEntry[]
  /** For `invalid-options`: one sentence per fault. */
  readonly faults?: readonly string[]
  readonly cause?: unknown
}

/**
 * The one error Bellwether throws. Its message says what happened and what to do; its `code` is for programs.
 * Recognised by a brand instead of `instanceof`, so that copies of the package (ESM beside CommonJS, two
 * versions in one tree) understand each other.
 */
export class PipelineError extends Error {
  override readonly name = "PipelineError"
  readonly code: string
  declare readonly status?: number
  declare readonly retryAfterMs?: number
  declare readonly callId?: string
  declare readonly trail?: readonly TrailEntry[]
  declare readonly faults?: readonly string[]

  constructor(code: string, message: string, { cause, ...details }: PipelineErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    Object.assign(this, details)
    Object.defineProperty(this, brand, { value: true })
  }

  /** Whether a caught value is a PipelineError, of the given code if one is named. */
  static is(error: unknown, code?: string): error is PipelineError {
    if (typeof error !== "object" || error === null || !(brand in error)) return false
    return code === undefined || ("code" in error && error.code === code)
  }
}
