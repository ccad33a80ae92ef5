import { Alternative, Excluded, type Failed, type Plugin } from "@bellwether/core"

/**
 * Moves a call on to the next target for as long as there is one, whatever failed: the least that a plugin has to get
 * on with.
 */
export const mover = (): Plugin => ({
  name: "conformance-mover",
  setup: () => ({
    async call(request, next, context) {
      const tried = new Set(context.get(Excluded))
      const isLeft = (besides?: string): boolean =>
        context.call.candidates.some(({ id }) => id !== besides && !tried.has(id))
      const moving = context.with(Alternative, ({ target }) => isLeft(target.id))
      let failed: Failed | undefined
      while (isLeft()) {
        const answer = await next(request, moving.with(Excluded, new Set(tried)))
        // A refusal must not hide why the call failed.
        if (answer.ok || answer.attempt === undefined) return answer.ok ? answer : (failed ?? answer)
        failed ??= answer
        tried.add(answer.attempt.target.id)
      }
      return failed ?? next(request, context)
    },
  }),
})
