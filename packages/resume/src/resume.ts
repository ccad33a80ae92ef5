import { defineEvent, Excluded, Purpose } from "@bellwether/core"
import type { Call, CallRequest, Context, Continuation, Cut, CutHandler, EventType } from "@bellwether/core"
import type { Delivered, Next, Plugin, Services, Target } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"
import { continueRequest } from "./continue-request.ts"
import { tellingLength } from "./follower.ts"
import { createJoin } from "./join.ts"
import type { Join } from "./join.ts"
import { readOptions } from "./options.ts"
import type { How, ResumeOptions } from "./options.ts"

/** A stream that was cut goes on at another target. */
export const StreamResumed: EventType<{
  readonly call: Call
  readonly from: Target
  readonly to: Target
  readonly how: How
}> = defineEvent("stream-resumed")

/**
 * Goes on with streams that are cut after their commit, so that the caller reads one valid stream. Stands outside of
 * `retry`. Where nothing serves, the caller gets the first cut as an error.
 *
 * @example
 * createPipeline({ endpoints, use: [resume(), retry(), router()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function resume(options: ResumeOptions = {}): Plugin {
  const { how } = readOptions(options)
  return {
    name: "resume",
    inside: ["quota", "fallback"],
    setup: (services) => ({
      async call(request, next, context) {
        const answer = await next(request, context)
        if (answer.ok && context.call.stream) handleCuts(answer, { request, next, context, how, services })
        return answer
      },
    }),
  }
}

interface Resumption {
  readonly request: CallRequest
  readonly next: Next<CallRequest>
  readonly context: Context
  readonly how: readonly How[]
  readonly services: Services
}

function handleCuts(answer: Delivered, resumption: Resumption): void {
  const { grammar, residence } = resumption.context.call.operation
  // What a provider keeps must not be made twice.
  if (grammar === undefined || residence !== "stateless") return
  answer.onCut(new StreamResumption(createJoin(grammar), resumption))
}

class StreamResumption implements CutHandler {
  readonly #join: Join
  readonly #resumption: Resumption
  #excluded: ReadonlySet<string>

  constructor(join: Join, resumption: Resumption) {
    this.#join = join
    this.#resumption = resumption
    this.#excluded = resumption.context.get(Excluded)
  }

  delivered(event: Parameters<CutHandler["delivered"]>[0]): void {
    this.#join.delivered(event)
  }

  async goOn({ attempt }: Cut): Promise<Continuation | undefined> {
    const { how } = this.#resumption
    this.#excluded = new Set([...this.#excluded, attempt.target.id])
    if (!this.#join.onlyText) return undefined
    for (const way of how) {
      const continuation = await this.#try(way, attempt.target)
      if (continuation !== undefined) return continuation
    }
    return undefined
  }

  async #try(how: How, from: Target): Promise<Continuation | undefined> {
    const { request, next, context, services } = this.#resumption
    const { call } = context
    const spent = spentBy(call)
    const asked = how === "splice" ? request : this.#continued(spent)
    const refusing = how === "splice" ? [] : context.candidates.filter(({ prefill }) => !prefill)
    const excluded = new Set([...this.#excluded, ...refusing.map(({ id }) => id)])
    if (
      asked === undefined ||
      call.attemptsLeft === 0 ||
      context.candidates.every(({ id }) => excluded.has(id))
    )
      return undefined
    const answer = await next(asked, context.with(Purpose, "resume").with(Excluded, excluded))
    if (!answer.ok) return undefined
    services.emit(StreamResumed, { call, from, to: answer.attempt.target, how })
    return { answer, rewrite: this.#join.fit(how, spent) }
  }

  #continued(spent: Usage): CallRequest | undefined {
    const { text } = this.#join
    return text.length < tellingLength
      ? undefined
      : continueRequest(this.#resumption.request, text, spent.output)
  }
}

const nothing: Usage = { input: 0, output: 0, estimated: false }

/** What the attempts so far have used: as the providers told, else estimated. */
function spentBy({ attempts }: Call): Usage {
  return attempts.reduce((sum, { ending }) => {
    const { input, output, estimated } = ending?.usage ?? nothing
    return { input: sum.input + input, output: sum.output + output, estimated: sum.estimated || estimated }
  }, nothing)
}
