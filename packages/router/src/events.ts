import { defineEvent } from "@bellwether/core"
import type { Call, EventType, Target } from "@bellwether/core"

/** A call found every target unavailable and waited for one. */
export const CallWaited: EventType<{ readonly call: Call; readonly waitMs: number }> =
  defineEvent("call-waited")

/** A call is tried on a target known to be unavailable, because all are. */
export const PanicTried: EventType<{ readonly call: Call; readonly target: Target }> =
  defineEvent("panic-tried")
