import type { ClassifierRule } from "@bellwether/wire"
import type { Admission, Lease } from "./admission.ts"
import type { Answer } from "./answer.ts"
import { createAttemptRequest } from "./attempt-request.ts"
import type { BareResponse } from "./bare-response.ts"
import type { Clock } from "./clock.ts"
import { compose } from "./compose.ts"
import type { Layer } from "./compose.ts"
import { Choice, Excluded, Purpose } from "./context.ts"
import type { Chosen } from "./context.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Ending } from "./ending.ts"
import type { EventBus } from "./event.ts"
import { AttemptStarted, TargetRefused } from "./events.ts"
import { exchange } from "./exchange.ts"
import type { Failure } from "./failure.ts"
import { unaddressed } from "./failures.ts"
import { LiveAttempt } from "./live-attempt.ts"
import type { LiveCall } from "./live-call.ts"
import type { LiveContext } from "./live-context.ts"
import type { Next } from "./plugin.ts"
import { PipelineError } from "./pipeline-error.ts"
import type { AttemptRequest, CallRequest } from "./request.ts"
import { superseded } from "./stop.ts"
import type { Target } from "./target.ts"
import { tellLease } from "./tell-lease.ts"
import type { Transport } from "./transport.ts"
import type { Verdict } from "./verdict.ts"

/** What dispatch is made of. */
export interface DispatchOptions {
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly admissions: readonly { readonly source: string; readonly admission: Admission }[]
  readonly layers: readonly Layer<AttemptRequest>[]
  readonly transport: Transport<BareResponse>
  readonly clock: Clock
  readonly events: EventBus
  readonly rules: readonly ClassifierRule[]
}

type Refusal = { readonly source: string; readonly verdict: Exclude<Verdict, { status: "available" }> }

const nothingLeft: Failure = {
  class: "call-refused",
  code: "no-target",
  message: "No target is left to try: every endpoint has been tried or is excluded.",
}

const unserved = (model: string): Failure => ({
  ...nothingLeft,
  status: 404,
  message: `No endpoint serves the model "${model}": ask for another, or name it under \`serves\` of an endpoint.`,
})

const attemptsSpent: Failure = {
  class: "call-refused",
  code: "attempts-spent",
  message: "The call has used up its attempts: raise `attempts` if it should try more.",
}

/** The heart of the pipeline: binds a target, asks for admission, and makes the attempt. */
export function createDispatch(options: DispatchOptions): Next<CallRequest> {
  const { endpoints, admissions, layers, clock, events } = options
  const send = compose<AttemptRequest>(layers, (request, context) => {
    const attempt = context.attempt as LiveAttempt
    // An attempt is one exchange: whoever asks again gets the same answer.
    return (attempt.answer ??= exchange(attempt, request, endpointOf(attempt.target), options))
  })

  function endpointOf({ endpoint: id }: Target): Endpoint {
    const endpoint = endpoints.get(id)
    if (endpoint === undefined)
      throw new PipelineError("no-target", `There is no endpoint "${id}" in this pipeline.`)
    return endpoint
  }

  /** Takes everything the attempt needs at once, or nothing. */
  function admit(attempt: LiveAttempt): Refusal | undefined {
    const leases: Lease[] = []
    for (const { source, admission } of admissions) {
      try {
        const answer = admission.take(attempt)
        if (answer === undefined) continue
        if (!("status" in answer)) leases.push(answer)
        else if (answer.status === "unavailable") {
          giveBack(leases)
          return { source, verdict: answer }
        }
      } catch (error) {
        // An admission that throws has no say: it must not stop traffic.
        events.fault(admission, `${source} admission`, error)
      }
    }
    attempt.leases = leases
    return undefined
  }

  function giveBack(leases: readonly Lease[]): void {
    const failure: Failure = {
      class: "target-refused",
      code: "target-refused",
      message: "Another admission refused.",
    }
    const ending: Ending = { failure, health: "neutral", durationMs: 0 }
    for (const lease of leases) tellLease(lease, events, ending)
  }

  function tellRefusal(call: LiveCall, target: Target, { source, verdict }: Refusal): Failure {
    call.note({ step: "target-refused", target: target.id, reason: verdict.reason })
    events.emit(TargetRefused, { call, target, source, verdict })
    const untilMs = verdict.status === "unavailable" ? verdict.untilMs : undefined
    return {
      class: "target-refused",
      code: "target-refused",
      message: `${target.id} is not taking calls now: ${verdict.reason}`,
      ...(untilMs !== undefined && { retryAfterMs: Math.max(0, untilMs - clock.now()) }),
    }
  }

  /** An attempt on the first target that takes it, or why there is none. */
  function begin(context: LiveContext): LiveAttempt | Failure {
    const { call } = context
    const stop = context.branchOf.stopped
    if (stop !== undefined) return stop.failure
    if (call.attemptsLeft <= 0) return attemptsSpent
    const { candidates, model } = context
    let failure = candidates.length === 0 && model !== undefined ? unserved(model) : nothingLeft
    for (const chosen of choices(context)) {
      const attempt = new LiveAttempt(context, chosen, options)
      const refusal = admit(attempt)
      if (refusal === undefined) return begun(attempt, context, chosen.reason)
      failure = tellRefusal(call, chosen.target, refusal)
    }
    return failure
  }

  function begun(attempt: LiveAttempt, context: LiveContext, reason: string | undefined): LiveAttempt {
    const { call, target, number, kind } = attempt
    call.attempts.push(attempt)
    const atMs = call.trailMs(attempt.startedAtMs)
    const step = "attempt-started"
    call.trail.push(
      reason === undefined
        ? { atMs, step, target: target.id, number, kind }
        : { atMs, step, target: target.id, number, kind, reason },
    )
    events.emit(AttemptStarted, { attempt })
    context.branchOf.add(attempt)
    return attempt
  }

  /** Whatever the layers made of it: an attempt whose answer is not handed on is over. */
  function settled(attempt: LiveAttempt, answer: Answer): Answer {
    if (answer.ok) {
      if (answer.attempt !== attempt) attempt.stop(superseded)
      return answer
    }
    attempt.fail(answer.failure)
    return { ok: false, failure: answer.failure, attempt }
  }

  return async (request, outer) => {
    const context = outer as LiveContext
    const attempt = begin(context)
    if (!(attempt instanceof LiveAttempt)) return { ok: false, failure: attempt }
    try {
      const outgoing = createAttemptRequest(attempt, request, endpointOf(attempt.target))
      return settled(attempt, await send(outgoing, context.bind(attempt)))
    } catch (cause) {
      return settled(attempt, { ok: false, failure: unaddressed(attempt, cause) })
    }
  }
}

/** The router's choice; without one the declared order of what has not been tried. */
function choices(context: LiveContext): readonly Chosen[] {
  const choice = context.get(Choice)
  if (choice !== undefined) return [choice]
  const excluded = context.get(Excluded)
  const kind = context.get(Purpose)
  return context.candidates.filter(({ id }) => !excluded.has(id)).map((target) => ({ target, kind }))
}
