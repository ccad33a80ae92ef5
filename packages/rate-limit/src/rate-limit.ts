import type { Admission, Answer, Attempt, AttemptMiddleware, Plugin } from "@bellwether/core"
import { Priority } from "./hints.ts"
import { createBlocks } from "./known-blocks.ts"
import { LaneLease } from "./lane-lease.ts"
import { createLanes } from "./lanes.ts"
import { checkNames, readOptions } from "./options.ts"
import type { RateLimitOptions } from "./options.ts"

/**
 * Keeps what is sent to a target within what its provider allows: so much at once, so much a minute, nothing while it
 * asks to be left alone. Who comes too soon is refused, or waits in line where a `router` asks for that.
 *
 * @example
 * createPipeline({ endpoints, use: [retry(), router(), rateLimit()] })
 *
 * @throws PipelineError `invalid-options`
 */
export function rateLimit(options?: RateLimitOptions): Plugin {
  const rules = readOptions(options)
  return {
    name: "rate-limit",
    setup(services) {
      checkNames(rules, services.targets)
      const lanes = createLanes({ ...services, rules, blocks: createBlocks(services) })
      /** Attempts whose answers tell something that matters. What failures tell, their endings do. */
      const heeded = new WeakMap<Attempt, LaneLease>()

      const admit: Admission = {
        peek: (target, model) => lanes.peek(target, model),
        take(attempt) {
          const lane = lanes.of(attempt.target, attempt.model)
          const taken = lane?.take(attempt)
          if (taken instanceof LaneLease && lane?.isHeld) heeded.set(attempt, taken)
          return taken
        },
        line: (target, context) => lanes.of(target, context.model)?.line(context),
      }

      const learn: AttemptMiddleware = (request, next, context) => {
        const lease = context.attempt && heeded.get(context.attempt)
        const answering = next(request, context)
        return lease === undefined ? answering : answering.then((answer) => learnt(lease, answer))
      }

      return { admit, attempt: learn, hints: [Priority], inspect: () => ({ lanes: lanes.inspect() }) }
    },
  }
}

function learnt(lease: LaneLease, answer: Answer): Answer {
  if (answer.ok) lease.learn(answer.headers)
  return answer
}
