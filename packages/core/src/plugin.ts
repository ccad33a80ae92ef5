import type { Admission } from "./admission.ts"
import type { Answer } from "./answer.ts"
import type { Context } from "./context.ts"
import type { Hint } from "./hint.ts"
import type { AttemptRequest, CallRequest } from "./request.ts"
import type { Services } from "./services.ts"

/**
 * The layers inside. May be called any number of times, also at once; never rejects: a stopped call, a
 * cancelled branch and a plugin that throws come back as a failed answer.
 */
export type Next<R> = (request: R, context: Context) => Promise<Answer>

/** Around the whole call, before a target is chosen. */
export type CallMiddleware = (
  request: CallRequest,
  next: Next<CallRequest>,
  context: Context,
) => Promise<Answer>

/**
 * Around each attempt; the target is bound, `context.attempt` is there. An attempt is one exchange: `next` called
 * again gives the same answer.
 */
export type AttemptMiddleware = (
  request: AttemptRequest,
  next: Next<AttemptRequest>,
  context: Context,
) => Promise<Answer>

/** The places a plugin can take in a pipeline. It fills those it needs. */
export interface Places {
  readonly call?: CallMiddleware
  readonly attempt?: AttemptMiddleware
  readonly admit?: Admission
  /** What callers may ask of it for a single call. */
  readonly hints?: readonly Hint<unknown>[]
  /**
   * Looks, once all plugins are set up, whether what it was asked for can be done with them.
   *
   * @throws PipelineError `invalid-options`
   */
  check?(): void
  /** Background work: begins with the first call or `ready()`, ends with `services.signal`. */
  start?(): void | Promise<void>
  /** What `ready()` waits for, once: a first round of probes or polls. Calls do not wait for it, nor begin it. */
  ready?(): void | Promise<void>
  /** Plain data for status pages and `pipeline.inspect()`. */
  inspect?(): unknown
}

/** Three lifetimes: configured by its factory, installed by `setup`, then called. */
export interface Plugin {
  /** Unique in a pipeline; the factory's name in kebab-case. */
  readonly name: string
  /** Names of plugins that must be listed before this one where they are used too. */
  readonly inside?: readonly string[]
  setup(services: Services): Places | void
}
