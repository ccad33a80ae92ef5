export { ModelFellBack } from "./events.ts"
export { fallback } from "./fallback.ts"
export type { FallbackOptions } from "./options.ts"
