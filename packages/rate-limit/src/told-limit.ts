import type { RateLimit } from "@bellwether/wire"
import type { Bucket } from "./bucket.ts"
import type { Cost } from "./cost.ts"
import { isRefuted, prolonged } from "./drought.ts"
import type { Drought, Sent, Taken } from "./drought.ts"
import { told } from "./told.ts"
import type { Hearing } from "./told.ts"

/** A limit of which the provider tells, and whether that can be so. */
export interface ToldLimit {
  readonly bucket: Bucket
  /** As long as it says that nothing is left. */
  readonly drought: Drought | undefined
  /** Its answers have disproved that: it is not heeded until it says something else. */
  readonly isRefuted: boolean
}

/** What holds attempts back. */
export const believed = (limit: ToldLimit | undefined): Bucket | undefined =>
  limit === undefined || limit.isRefuted ? undefined : limit.bucket

/** What is known of a limit when the provider has spoken of it, in an answer or otherwise. */
export function learnt(
  before: ToldLimit | undefined,
  of: keyof Cost,
  facts: RateLimit,
  hearing: Hearing & Sent,
  attempt: Taken | undefined,
  nowMs: number,
): ToldLimit | undefined {
  const bucket = told(before?.bucket, of, facts, hearing, nowMs)
  if (bucket === undefined || bucket === before?.bucket) return before
  if (facts.remaining !== undefined && facts.remaining >= 1)
    return { bucket, drought: undefined, isRefuted: false }
  const drought = prolonged(before?.drought, bucket, hearing, attempt)
  return { bucket, drought, isRefuted: before?.isRefuted === true || isRefuted(drought, hearing.sent) }
}

/** The provider has throttled: what it said so far was no lie, as far as it was not disproved. */
export const confirmed = (limit: ToldLimit): ToldLimit => ({ ...limit, drought: undefined })
