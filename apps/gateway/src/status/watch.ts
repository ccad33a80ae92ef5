import { AttemptEnded, CallEnded } from "@bellwether/core"
import type { Clock, Ending, Failure } from "@bellwether/core"
import type { Running } from "../engine/running.ts"
import { HistoryRing } from "./history-ring.ts"
import type { Ended } from "./history-ring.ts"
import { Troubles } from "./troubles.ts"

/** What the gateway remembers for its status page; it outlives reloads. */
export class Watch {
  readonly version: string
  readonly isDemo: boolean
  readonly startedAtMs: number
  readonly history: HistoryRing
  readonly troubles: Troubles

  constructor(clock: Clock, { version, isDemo }: { readonly version: string; readonly isDemo: boolean }) {
    this.version = version
    this.isDemo = isDemo
    this.startedAtMs = Math.round(clock.date())
    this.history = new HistoryRing(clock)
    this.troubles = new Troubles(clock)
  }

  /** Listens to a pipeline, to the end of its last call. */
  listenTo({ pipeline }: Running): void {
    pipeline.on(CallEnded, ({ call, ending }) => {
      this.history.add("", endedAs(ending, call.stream))
      this.troubles.look(call, ending)
    })
    pipeline.on(AttemptEnded, ({ attempt, ending }) => {
      if (ending.failure?.class !== "target-refused")
        this.history.add(attempt.target.endpoint, endedAs(ending, attempt.call.stream))
    })
  }
}

const neutral = new Set<Failure["class"]>(["cancelled", "superseded"])

type Ends = Pick<Ending, "failure" | "durationMs" | "firstContentMs">

function endedAs({ failure, durationMs, firstContentMs }: Ends, isStream: boolean): Ended {
  if (failure !== undefined) return { hasFailed: !neutral.has(failure.class) }
  return { hasFailed: false, durationMs, firstContentMs: isStream ? firstContentMs : undefined }
}
