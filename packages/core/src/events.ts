import type { Attempt } from "./attempt.ts"
import type { Call } from "./call.ts"
import type { CallEnding, Ending } from "./ending.ts"
import { defineEvent } from "./event.ts"
import type { EventType } from "./event.ts"
import type { Target } from "./target.ts"
import type { Verdict } from "./verdict.ts"

export const CallStarted: EventType<{ readonly call: Call }> = defineEvent("call-started")

/** The answer body has ended, or the last attempt has failed. Once per call. */
export const CallEnded: EventType<{ readonly call: Call; readonly ending: CallEnding }> =
  defineEvent("call-ended")

export const AttemptStarted: EventType<{ readonly attempt: Attempt }> = defineEvent("attempt-started")

export const AttemptCommitted: EventType<{ readonly attempt: Attempt }> = defineEvent("attempt-committed")

/** The attempt's body has ended. Once per attempt, before the `call-ended` of its call. */
export const AttemptEnded: EventType<{ readonly attempt: Attempt; readonly ending: Ending }> =
  defineEvent("attempt-ended")

/** An admission said no to a target; no attempt was counted. */
export const TargetRefused: EventType<{
  readonly call: Call
  readonly target: Target
  /** The plugin that refused. */
  readonly source: string
  readonly verdict: Verdict
}> = defineEvent("target-refused")
