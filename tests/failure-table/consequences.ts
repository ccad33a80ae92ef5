/**
 * What follows from a failure. Targets are named by endpoint and key: `a1` and `a2` are the keys of the preferred
 * endpoint `a`, `b1` is the first fallback, `c1` the second, which is declared to hold more context.
 */
export interface Consequences {
  /** Whom the call asks when the one key `a1` fails and all others are well. */
  readonly keyFails: string
  /** Whom it asks when endpoint `a` fails with both keys. */
  readonly endpointFails: string
  /** Whom it asks when everybody fails alike; a pattern where chance decides. */
  readonly allFail: string
  /** Whom it asks when there is nobody but `a1`. */
  readonly sole: string
  /** Whether it speaks against the health of the target. */
  readonly counts: boolean
}
