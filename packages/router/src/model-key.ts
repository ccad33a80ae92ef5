/** Longer names are no names of models. */
const longestName = 200

/** A model as a key to remember something by: callers may name anything. */
export const modelKey = (model: string | undefined): string =>
  model === undefined || model.length > longestName ? "" : model
