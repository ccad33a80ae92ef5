export { decorrelatedJitter, equalJitter, exponential, fullJitter } from "@bellwether/backoff"
export type { Backoff } from "@bellwether/backoff"
export { CircuitClosed, CircuitHalfOpened, circuitBreaker, CircuitOpened } from "@bellwether/circuit-breaker"
export type { CircuitBreakerOptions, CircuitChange } from "@bellwether/circuit-breaker"
export {
  AttemptCommitted,
  AttemptEnded,
  AttemptStarted,
  CallEnded,
  CallStarted,
  createPipeline,
  ListenerFailed,
  memoryStore,
  PipelineError,
  StoreFound,
  StoreLost,
  TargetRefused,
} from "@bellwether/core"
export type {
  Attempt,
  Call,
  CallEnding,
  CallInput,
  CallResult,
  Ending,
  EndpointOptions,
  EventType,
  Failure,
  Fetch,
  Inspection,
  KeyOptions,
  Pipeline,
  PipelineOptions,
  Plugin,
  Provider,
  Store,
  Target,
  TrailEntry,
  Verdict,
} from "@bellwether/core"
export { metrics } from "@bellwether/metrics"
export type { Metrics, MetricsSnapshot } from "@bellwether/metrics"
export { CallMoved, GateClosed, ParkBegan, ParkEnded, retry, RetryScheduled } from "@bellwether/retry"
export type { RetryOptions } from "@bellwether/retry"
export { CallWaited, PanicTried, router } from "@bellwether/router"
export type { RouterOptions } from "@bellwether/router"
export { timeout } from "@bellwether/timeout"
export type { TimeoutOptions } from "@bellwether/timeout"
export type { ClassifierRule, FailureClass } from "@bellwether/wire"
export { bellwether } from "./bellwether.ts"
export type { Bellwether } from "./bellwether.ts"
export type { BellwetherOptions } from "./options.ts"
