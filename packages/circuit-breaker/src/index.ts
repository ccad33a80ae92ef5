export { circuitBreaker } from "./circuit-breaker.ts"
export { CircuitClosed, CircuitHalfOpened, CircuitOpened } from "./circuit-events.ts"
export type { CircuitChange } from "./circuit-events.ts"
export type { CircuitBreakerOptions } from "./options.ts"
