/** What came of a probe; plain data. */
export interface ProbeResult {
  /** The target's id, such as `primary/key-1`. */
  readonly target: string
  /** Of a paid completion: the model that was asked. */
  readonly model?: string
  /**
   * `up`: answered as expected. `down`: answered otherwise, see `status`. `timeout`: no answer in time. `error`: no
   * connection, or an answer that could not be read.
   */
  readonly outcome: "up" | "down" | "timeout" | "error"
  /**
   * What it says of the target's health: `failure` speaks against the target, `key-failure` against its key alone.
   * What was answered 4xx was reached, which is neither good nor bad: `neutral`.
   */
  readonly health: "success" | "failure" | "key-failure" | "neutral"
  /** In words, such as `HTTP 503` or `no answer within 10 s`. */
  readonly reason: string
  /** What makes two failures alike: their class in the failure table. */
  readonly kind: string
  /** The HTTP status, if there was an answer. */
  readonly status?: number
  /** Milliseconds from the request to the answer's head, or until it was given up. */
  readonly latencyMs: number
  /** When it was asked, in milliseconds since 1970. */
  readonly dateMs: number
}

/** The part of a result that follows from what came back. */
export type ProbeFinding = Pick<ProbeResult, "outcome" | "health" | "reason" | "kind"> & {
  readonly status?: number
}
