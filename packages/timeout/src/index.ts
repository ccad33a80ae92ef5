export type { Limits } from "./limits.ts"
export type { TimeoutOptions } from "./options.ts"
export { isReasoningModel } from "./reasoning-models.ts"
export { timeout } from "./timeout.ts"
