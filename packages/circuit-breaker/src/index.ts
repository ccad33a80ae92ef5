export { circuitBreaker } from "./circuit-breaker.ts"
export type { CircuitBreaker } from "./circuit-breaker.ts"
export {
  CircuitClosed,
  CircuitForcedOpen,
  CircuitHalfOpened,
  CircuitOpened,
  CircuitReleased,
} from "./circuit-events.ts"
export type { CircuitChange } from "./circuit-events.ts"
export type { CircuitControls, DrainOptions, ForceOpenOptions } from "./controls.ts"
export type { CircuitBreakerOptions } from "./options.ts"
