import { defineEvent } from "@bellwether/core"
import type { Call, EventType } from "@bellwether/core"

/** A call asks for another model than its caller did, because of a failure of this code. */
export const ModelFellBack: EventType<{
  readonly call: Call
  readonly from: string
  readonly to: string
  readonly code: string
}> = defineEvent("model-fell-back")
