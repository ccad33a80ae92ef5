import type { Call } from "@bellwether/core"
import { modelKey } from "../model-key.ts"

/** So many kinds are kept apart at once; callers may name any model. */
export const mostKinds = 1_000

/**
 * What kind of question it is. Those of one kind, of the same operation and model and both streamed or both not, take
 * about the same time, so that what one has taken says something of the next.
 */
export const kindOf = ({ operation, stream }: Call, model: string | undefined): string =>
  `${operation.name} ${stream ? "streamed" : "whole"} ${modelKey(model)}`
