import { Tag } from "@bellwether/core"
import type {
  Attempt,
  AttemptKind,
  Call,
  CallEnding,
  Ending,
  Estimate,
  Failure,
  TrailEntry,
} from "@bellwether/core"
import type { FailureClass } from "@bellwether/wire"
import { oneLine } from "./one-line.ts"

/** Which version of {@link TrailLine} a line is of. A change that breaks readers has another number. */
export const trailSchema = "bellwether-trail/1"

/** Why something failed: no words. */
export interface TrailFailure {
  readonly class: FailureClass
  readonly code: string
  readonly status?: number
  /** Milliseconds the provider asked to be left alone. */
  readonly retryAfterMs?: number
}

/** One attempt of a call. Times count from the start of the call. */
export interface TrailAttempt {
  readonly number: number
  readonly target: string
  readonly kind: AttemptKind
  readonly model?: string
  readonly startedMs: number
  readonly durationMs: number
  /** Milliseconds from the start of the attempt to its commit. */
  readonly firstContentMs?: number
  readonly health: Ending["health"]
  readonly failure?: TrailFailure
  /** Tokens by kind, as the provider told, or estimated. */
  readonly usage?: Readonly<Record<string, number | boolean>>
}

/** What a call did, as one line of JSON: ids, classes and numbers, all that is needed to play it again. */
export interface TrailLine {
  readonly schema: typeof trailSchema
  readonly id: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly durationMs: number
  /** Milliseconds to the commit of the answer. */
  readonly firstContentMs?: number
  readonly operation: string
  /** The model the caller asked for. */
  readonly model?: string
  readonly stream: boolean
  /** The caller's `x-bellwether-tag`. */
  readonly tag?: string
  readonly state: "answered" | "failed" | "cancelled"
  readonly failure?: TrailFailure
  /** Tokens the call was expected to use; only where no attempt has told what was used. */
  readonly estimate?: Estimate
  /** The targets that serve the model, in declared order. */
  readonly candidates: readonly { readonly target: string; readonly tier: number; readonly weight: number }[]
  readonly attempts: readonly TrailAttempt[]
  /** Why targets were chosen, passed over or refused; what was waited for. */
  readonly trail: readonly TrailEntry[]
  /** How many calls of its kind the line stands for. */
  readonly standsFor: number
}

/**
 * The line of a call that is over. It is put together member by member, so that nothing else can get in.
 *
 * @param startedAt milliseconds since 1970
 * @param standsFor how many calls of its kind it stands for
 */
export function trailLine(call: Call, ending: CallEnding, startedAt: number, standsFor: number): TrailLine {
  const { failure, attempts, durationMs, firstContentMs } = ending
  const tag = call.hint(Tag)
  const isUsageKnown = attempts.some((attempt) => attempt.ending.usage !== undefined)
  return {
    schema: trailSchema,
    id: call.id,
    startedAt: Math.round(startedAt),
    durationMs: Math.round(durationMs),
    ...(firstContentMs !== undefined && { firstContentMs: Math.round(firstContentMs) }),
    operation: call.operation.name,
    ...(call.model !== undefined && { model: oneLine(call.model) }),
    stream: call.stream,
    ...(tag !== undefined && { tag }),
    state: failure === undefined ? "answered" : failure.class === "cancelled" ? "cancelled" : "failed",
    ...(failure && { failure: failureOf(failure) }),
    ...(isUsageKnown ? {} : { estimate: call.estimate() }),
    candidates: call.candidates.map(({ id, tier, weight }) => ({ target: id, tier, weight })),
    attempts: attempts.map((entry) => attemptOf(entry, call)),
    trail: call.trail.map(entryOf),
    standsFor,
  }
}

function attemptOf({ attempt, ending }: { attempt: Attempt; ending: Ending }, call: Call): TrailAttempt {
  const { number, target, kind, model, startedAtMs } = attempt
  const { durationMs, firstContentMs, health, failure, usage } = ending
  return {
    number,
    target: target.id,
    kind,
    ...(model !== undefined && { model: oneLine(model) }),
    startedMs: Math.round(startedAtMs - call.startedAtMs),
    durationMs: Math.round(durationMs),
    ...(firstContentMs !== undefined && { firstContentMs: Math.round(firstContentMs) }),
    health,
    ...(failure && { failure: failureOf(failure) }),
    ...(usage && { usage: numbersOf(usage) }),
  }
}

const failureOf = ({ class: failureClass, code, status, retryAfterMs }: Failure): TrailFailure => ({
  class: failureClass,
  code: oneLine(code),
  ...(status !== undefined && { status }),
  ...(retryAfterMs !== undefined && { retryAfterMs: Math.round(retryAfterMs) }),
})

function numbersOf(usage: object): Readonly<Record<string, number | boolean>> {
  const plain = Object.entries(usage).filter(
    ([, value]) => typeof value === "number" || typeof value === "boolean",
  )
  return Object.fromEntries<number | boolean>(plain)
}

const members = [
  "atMs",
  "step",
  "target",
  "number",
  "kind",
  "model",
  "reason",
  "class",
  "code",
  "status",
  "waitMs",
]

/** Plugins write into trails too: only what a trail is declared to have is told. */
function entryOf(entry: TrailEntry): TrailEntry {
  const told: Record<string, unknown> = {}
  for (const name of members) {
    const value: unknown = entry[name as keyof TrailEntry]
    if (typeof value === "string") told[name] = oneLine(value)
    else if (typeof value === "number") told[name] = Math.round(value)
  }
  return told as unknown as TrailEntry
}
