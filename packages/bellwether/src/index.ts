export { decorrelatedJitter, equalJitter, exponential, fullJitter } from "@bellwether/backoff"
export type { Backoff } from "@bellwether/backoff"
export {
  circuitBreaker,
  CircuitClosed,
  CircuitForcedOpen,
  CircuitHalfOpened,
  CircuitOpened,
  CircuitReleased,
} from "@bellwether/circuit-breaker"
export type {
  CircuitBreaker,
  CircuitBreakerOptions,
  CircuitChange,
  CircuitControls,
} from "@bellwether/circuit-breaker"
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
  CallRecord,
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
  Scope,
  Target,
  TrailEntry,
  Verdict,
} from "@bellwether/core"
export { CallCosted, cost, genaiPrices, priceList } from "@bellwether/cost"
export type { Cost, CostOptions, CostReport } from "@bellwether/cost"
export { fallback, ModelFellBack } from "@bellwether/fallback"
export type { FallbackOptions } from "@bellwether/fallback"
export { health, HealthChanged, ProbeEnded } from "@bellwether/health"
export type { Health, HealthOptions, HealthSnapshot } from "@bellwether/health"
export { hedge, HedgeLost, HedgeStarted, HedgeWon } from "@bellwether/hedge"
export type { HedgeOptions } from "@bellwether/hedge"
export { metrics, prometheusContentType, prometheusText } from "@bellwether/metrics"
export type { Metrics, MetricsOptions, MetricsSnapshot } from "@bellwether/metrics"
export { PriceMissing, quota, QuotaExhausted, QuotaLow, QuotaRestored } from "@bellwether/quota"
export type { QuotaOptions } from "@bellwether/quota"
export { CallQueued, LimitLowered, rateLimit } from "@bellwether/rate-limit"
export type { RateLimitOptions } from "@bellwether/rate-limit"
export { resume, StreamResumed } from "@bellwether/resume"
export type { ResumeOptions } from "@bellwether/resume"
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
