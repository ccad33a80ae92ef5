import type { Operation } from "./operation.ts"

/** Operations that no provider bills. */
const free: ReadonlySet<string> = new Set([
  "models",
  "moderations",
  "messages-count-tokens",
  "responses-input-tokens",
])

/** Whether no provider bills it; looking up what is stored is free, and tells the usage of then. */
export const isFree = ({ name, record, repeatable }: Operation): boolean =>
  record === true || free.has(name) || (name === "other" && repeatable)
