import type { Clock } from "@bellwether/core"
import type { FaultKind } from "./faults/fault.ts"
import type { ReceivedRequest } from "./received-request.ts"

/**
 * How an exchange ended: `completed` in order as far as HTTP goes, `closed-by-us` or `reset-by-us` by a fault,
 * `aborted-by-client` when the client went first, `stopped` when the provider was.
 */
export type ExchangeEnding = "completed" | "closed-by-us" | "reset-by-us" | "aborted-by-client" | "stopped"

/** One request and what became of it. Times are milliseconds since the provider started. */
export interface LoggedRequest extends ReceivedRequest, ExchangeFacts {}

interface ExchangeFacts {
  /** The faults that struck, in their order. */
  readonly faults: readonly FaultKind[]
  readonly startedAtMs: number
  /** When the head was written, or the first byte on the bare socket. */
  readonly firstByteAtMs: number | undefined
  readonly endedAtMs: number | undefined
  /** `undefined` if none was sent. */
  readonly status: number | undefined
  /** Bytes of the body, without headers and framing. */
  readonly bytesWritten: number
  /** `undefined` while it goes on. */
  readonly ending: ExchangeEnding | undefined
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** The entry of an exchange that goes on. */
export interface OpenEntry {
  struck(faults: readonly FaultKind[]): void
  began(status: number | undefined): void
  wrote(bytes: number): void
  ended(ending: ExchangeEnding): void
}

/** Remembers the newest requests, and wakes those who wait for something to happen. */
export interface RequestLog {
  readonly entries: readonly LoggedRequest[]
  readonly inFlight: number
  open(request: ReceivedRequest): OpenEntry
  /** Looks at every condition that somebody waits for. */
  readonly changed: () => void
  /** Resolves as soon as the condition holds. */
  until(condition: () => boolean): Promise<void>
}

/** Makes a {@link RequestLog} of at most so many entries. */
export const requestLog = (limit: number, clock: Clock): RequestLog => {
  const entries: LoggedRequest[] = []
  const waiting = new Set<() => void>()
  const startMs = clock.now()
  let inFlight = 0
  const elapsedMs = (): number => clock.now() - startMs
  const changed = (): void => {
    for (const look of waiting) look()
  }
  return {
    entries,
    get inFlight() {
      return inFlight
    },
    open(request) {
      const entry = Object.assign<ReceivedRequest, Writable<ExchangeFacts>>(request, {
        faults: [],
        startedAtMs: elapsedMs(),
        firstByteAtMs: undefined,
        endedAtMs: undefined,
        status: undefined,
        bytesWritten: 0,
        ending: undefined,
      })
      entries.push(entry)
      if (entries.length > limit) entries.shift()
      inFlight += 1
      changed()
      return {
        struck(faults) {
          entry.faults = faults
          changed()
        },
        began(status) {
          entry.status = status
          entry.firstByteAtMs = elapsedMs()
          changed()
        },
        wrote(bytes) {
          entry.bytesWritten += bytes
          changed()
        },
        ended(ending) {
          entry.ending = ending
          entry.endedAtMs = elapsedMs()
          inFlight -= 1
          changed()
        },
      }
    },
    changed,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          try {
            if (!condition()) return
            resolve()
          } catch (error) {
            reject(error)
          }
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
  }
}
