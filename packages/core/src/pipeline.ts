import type { ByteReader, ResponseHeaders } from "./bare-response.ts"
import type { CallRecord } from "./call-record.ts"
import type { Call } from "./call.ts"
import type { EventType } from "./event.ts"
import type { Failure } from "./failure.ts"
import type { PipelineError } from "./pipeline-error.ts"
import type { CallInput } from "./read-request.ts"
import type { State } from "./state.ts"
import type { Target } from "./target.ts"
import type { Verdict } from "./verdict.ts"

/** What became of a call: the answer, or the failure in every shape a caller may want it. */
export type CallResult =
  | {
      readonly ok: true
      readonly call: Call
      readonly status: number
      readonly headers: ResponseHeaders
      /**
       * Nothing, all of it, or what reads it piece by piece as it comes. Take this or `response`; whichever it is, read it
       * to its end or cancel it.
       */
      readonly body: undefined | Uint8Array<ArrayBuffer> | ByteReader
      /** The answer as a `Response`, made when it is asked for. */
      readonly response: Response
    }
  | {
      readonly ok: false
      readonly call: Call
      readonly failure: Failure
      /** The failure as something to throw. */
      readonly error: PipelineError
      /** The failure as the response an SDK reads: the provider's own where there is one. */
      toResponse(): Response
    }

/** The state of a pipeline as plain data. */
export interface Inspection {
  /** Monotonic milliseconds: what the times in verdicts are counted by. */
  readonly nowMs: number
  readonly targets: readonly (Target & { readonly verdict: Verdict })[]
  /** What each plugin tells of itself, by name. */
  readonly plugins: Readonly<Record<string, unknown>>
}

/** Where a URL leads in a pipeline. */
export interface Route {
  /** Below the base URL, with its query. */
  readonly path: string
  /** The model, where it stands in the address (Azure). */
  readonly model?: string
}

/** A pipeline over `fetch`. */
export interface Pipeline extends AsyncDisposable {
  /**
   * Like `fetch`, for a path (`/chat/completions`) or a URL below an endpoint's base URL.
   *
   * @throws PipelineError when no provider answered; `foreign-url` for a URL of nobody here
   * @throws `init.signal.reason` when the caller aborts
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Makes a call and tells how it went; rejects only when the input itself cannot be read. */
  readonly call: (input: CallInput) => Promise<CallResult>
  /** Where a URL leads here; `undefined` for one that belongs to no endpoint. */
  readonly route: (url: string | URL) => Route | undefined
  readonly on: <T>(type: EventType<T>, listener: (data: T) => void) => () => void
  /** The state of everything; verdicts are those for this model, if one is named. */
  readonly inspect: (model?: string) => Inspection
  /**
   * What a call did and why: one that runs, or one of the last 100, of pipelines with the same
   * state too; `undefined` for others.
   */
  readonly explain: (callId: string) => CallRecord | undefined
  /** The stack in words. */
  readonly describe: () => string
  /**
   * Starts background work and waits for its first round. A first call starts it too.
   *
   * @throws what a plugin's start threw; PipelineError `pipeline-closed`
   */
  readonly ready: () => Promise<void>
  /** What was learnt, for a pipeline that comes after this one. */
  readonly state: State
  /**
   * Resolves when no call is under way, with its stream read to the end; at once if there is none.
   *
   * @throws `signal.reason` when `signal` aborts before
   */
  readonly idle: (signal?: AbortSignal) => Promise<void>
  /** Ends background work and all calls under way; refuses new ones. For a gentle end wait for `idle` before. */
  readonly close: () => Promise<void>
}
