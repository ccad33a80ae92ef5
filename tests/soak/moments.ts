import type { Call, Plugin } from "@bellwether/core"
import { RetryScheduled } from "@bellwether/retry"
import type { FaultRule } from "@bellwether/testing"

/** The moments of a call in which its caller can give up. */
export type Moment =
  "start" | "waiting" | "sending" | "held" | "half-answered" | "backoff" | "reading" | "cancelling"

/** What keeps a call in such a moment. The provider does something else for each model. */
export interface Situation {
  readonly moment: Moment
  readonly model: string
  readonly stream: boolean
  readonly fault: FaultRule
}

const situation = (moment: Moment, model: string, stream: boolean, fault: FaultRule): Situation => ({
  moment,
  model,
  stream,
  fault: { ...fault, when: { model } },
})

const talking = { kind: "stream-stall", afterContent: 5 } as const
const limited = { kind: "error", error: "rate-limited", retryAfter: { as: "seconds", ms: 30_000 } } as const

export const situations: readonly Situation[] = [
  situation("start", "silent", true, { kind: "black-hole" }),
  situation("waiting", "limited", true, limited),
  situation("sending", "silent", false, { kind: "black-hole" }),
  situation("held", "holding", true, { kind: "stream-stall", afterContent: 0 }),
  situation("half-answered", "halving", false, { kind: "body-stall" }),
  situation("backoff", "failing", true, { kind: "error", error: "server-error" }),
  situation("reading", "talking", true, talking),
  situation("cancelling", "talking", true, talking),
]

/** What happens to one call: `reached` is told of the moments it comes to. */
export interface Script {
  reached(moment: Moment): void
}

/** The header by which a call is known to its script. */
export const scriptHeader = "x-script"

/** Tells the scripts where their calls are. */
export const conductor = (scripts: ReadonlyMap<string, Script>): Plugin => ({
  name: "conductor",
  setup({ on }) {
    const known = new WeakMap<Call, Script>()
    on(RetryScheduled, ({ call }) => known.get(call)?.reached("backoff"))
    return {
      call(request, next, context) {
        const script = scripts.get(request.headers[scriptHeader] ?? "")
        if (script !== undefined) known.set(context.call, script)
        script?.reached("waiting")
        return next(request, context)
      },
      attempt(request, next, context) {
        const script = known.get(context.call)
        script?.reached("sending")
        const headers = (): void => script?.reached(context.call.stream ? "held" : "half-answered")
        context.attempt?.observe({ headers })
        return next(request, context)
      },
    }
  },
})
