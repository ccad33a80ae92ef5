export type { Admission, Lease, Place } from "./admission.ts"
export type { Answer, Continuation, Cut, CutHandler, Delivered, Failed, StreamEvent } from "./answer.ts"
export type { Attempt, AttemptKind, AttemptObserver } from "./attempt.ts"
export type { BareResponse, ByteReader, ResponseHeaders } from "./bare-response.ts"
export type { Board, Statement } from "./board.ts"
export type { Call, Estimate } from "./call.ts"
export type { CallRecord } from "./call-record.ts"
export { systemClock } from "./clock.ts"
export type { Clock, Timer } from "./clock.ts"
export { Alternative, Choice, Excluded, Impatient, Purpose } from "./context.ts"
export type { Branch, Chosen, Context } from "./context.ts"
export { CostOf } from "./cost.ts"
export type { AttemptCost } from "./cost.ts"
export { createPipeline, StoreFound, StoreLost } from "./create-pipeline.ts"
export type { CallEnding, Ending } from "./ending.ts"
export type { EndpointOptions, KeyOptions } from "./endpoint.ts"
export { defineEvent, ListenerFailed } from "./event.ts"
export type { EventType, ListenerFailure } from "./event.ts"
export {
  AttemptCommitted,
  AttemptEnded,
  AttemptStarted,
  CallEnded,
  CallStarted,
  TargetRefused,
} from "./events.ts"
export type { Failure, KeptResponse } from "./failure.ts"
export { forOnePipeline } from "./for-one-pipeline.ts"
export type { ForOnePipeline } from "./for-one-pipeline.ts"
export { Caller, defineHint, durationHint, Tag } from "./hint.ts"
export type { Hint } from "./hint.ts"
export { defineKey } from "./key.ts"
export type { Key } from "./key.ts"
export { memoryStore } from "./memory-store.ts"
export {
  callable,
  count,
  flag,
  milliseconds,
  oneOf,
  positiveMilliseconds,
  ratio,
  text,
  url,
  wholeNumber,
} from "./option-checks.ts"
export { checkOptions, either, listOf, must, recordOf, refuseFaults, required, shape } from "./options.ts"
export type { Check, Checks } from "./options.ts"
export type { CallResult, Inspection, Pipeline, Route } from "./pipeline.ts"
export { PipelineError } from "./pipeline-error.ts"
export type { PipelineErrorDetails } from "./pipeline-error.ts"
export { checkPipelineOptions } from "./pipeline-options.ts"
export type { PipelineOptions } from "./pipeline-options.ts"
export type { AttemptMiddleware, CallMiddleware, Next, Places, Plugin } from "./plugin.ts"
export { price } from "./price-check.ts"
export type { Address, Provider } from "./provider.ts"
export { QuotaLevels } from "./quota-levels.ts"
export type { QuotaLevel } from "./quota-levels.ts"
export { seededRandom, systemRandom } from "./random.ts"
export type { Random } from "./random.ts"
export type { CallInput } from "./read-request.ts"
export type { AttemptRequest, CallRequest, RequestBody } from "./request.ts"
export { placeholderBaseURL } from "./route.ts"
export type { KeyValue } from "./secret-key.ts"
export { Circuits, CommitLimit, Parks, PriceOf, RetryBudget, StandIns } from "./services.ts"
export type { ProbeRequest, Services } from "./services.ts"
export { serving } from "./serving.ts"
export type { Shared, SharedOptions } from "./shared-cells.ts"
export { SourceReader } from "./source-reader.ts"
export type { ByteSink, ByteSource } from "./source-reader.ts"
export { createState } from "./state.ts"
export type { State } from "./state.ts"
export type { Store, StoredValue, StoreListener } from "./store.ts"
export { guardStore } from "./store-guard.ts"
export type { Price, Target } from "./target.ts"
export type { TrailEntry, TrailNote } from "./trail.ts"
export type { Fetch } from "./transport.ts"
export { available, covers, worse } from "./verdict.ts"
export type { Scope, Verdict } from "./verdict.ts"
