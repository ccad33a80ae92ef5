import { Tag } from "@bellwether/core"
import type { AttemptKind, Call, CallEnding, Ending, Estimate, Failure, TrailEntry } from "@bellwether/core"
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

type NameOf<T> = T extends unknown ? keyof T : never

/**
 * All members by name, as they are put together: always the same, which is fast, for what is `undefined` is left out by
 * `JSON.stringify`.
 */
type Members<T> = { readonly [Name in NameOf<T>]: unknown }

/**
 * The line of a call that is over, as JSON. It is put together member by member, so that nothing else can get in.
 *
 * @param startedAt milliseconds since 1970
 * @param standsFor how many calls of its kind it stands for
 */
export function trailLine(call: Call, ending: CallEnding, startedAt: number, standsFor: number): string {
  const { failure, attempts, durationMs, firstContentMs } = ending
  const isUsageKnown = attempts.some((attempt) => attempt.ending.usage !== undefined)
  const line: Members<TrailLine> = {
    schema: trailSchema,
    id: call.id,
    startedAt: Math.round(startedAt),
    durationMs: Math.round(durationMs),
    firstContentMs: rounded(firstContentMs),
    operation: call.operation.name,
    model: named(call.model),
    stream: call.stream,
    tag: call.hint(Tag),
    state: failure === undefined ? "answered" : failure.class === "cancelled" ? "cancelled" : "failed",
    failure: failureOf(failure),
    estimate: isUsageKnown ? undefined : call.estimate(),
    candidates: call.candidates.map(({ id, tier, weight }) => ({ target: id, tier, weight })),
    attempts: attempts.map((entry) => attemptOf(entry, call)),
    trail: call.trail.map(entryOf),
    standsFor,
  }
  return JSON.stringify(line)
}

const rounded = (ms: number | undefined): number | undefined => ms && Math.round(ms)
const named = (model: string | undefined): string | undefined => model && oneLine(model)

function attemptOf({ attempt, ending }: CallEnding["attempts"][number], call: Call): Members<TrailAttempt> {
  const { number, target, kind, model, startedAtMs } = attempt
  const { durationMs, firstContentMs, health, failure, usage } = ending
  return {
    number,
    target: target.id,
    kind,
    model: named(model),
    startedMs: Math.round(startedAtMs - call.startedAtMs),
    durationMs: Math.round(durationMs),
    firstContentMs: rounded(firstContentMs),
    health,
    failure: failureOf(failure),
    usage: usage && numbersOf(usage),
  }
}

function failureOf(failure: Failure | undefined): Members<TrailFailure> | undefined {
  if (failure === undefined) return undefined
  const { class: failureClass, code, status, retryAfterMs } = failure
  return { class: failureClass, code: oneLine(code), status, retryAfterMs: rounded(retryAfterMs) }
}

function numbersOf(usage: object): Readonly<Record<string, number | boolean>> {
  const numbers: Record<string, number | boolean> = {}
  for (const [name, value] of Object.entries<unknown>({ ...usage }))
    if (typeof value === "number" || typeof value === "boolean") numbers[name] = value
  return numbers
}

/** Plugins write into trails too: only what a trail is declared to have is told. */
function entryOf(entry: Partial<Members<TrailEntry>>): Members<TrailEntry> {
  return {
    atMs: plain(entry.atMs),
    step: plain(entry.step),
    target: plain(entry.target),
    number: plain(entry.number),
    kind: plain(entry.kind),
    model: plain(entry.model),
    reason: plain(entry.reason),
    class: plain(entry.class),
    code: plain(entry.code),
    status: plain(entry.status),
    waitMs: plain(entry.waitMs),
  }
}

function plain(value: unknown): string | number | undefined {
  if (typeof value === "string") return oneLine(value)
  return typeof value === "number" ? Math.round(value) : undefined
}
