export { createGateway } from "./gateway.ts"
export type { Gateway, GatewaySetup } from "./gateway.ts"
export type { GatewayConfig } from "./engine/running.ts"
export { createLog } from "./log/log.ts"
export type { LineSink, Log, LogFields } from "./log/log.ts"
export { actionNames } from "./status/action.ts"
export type { ActionName, ActionRequest, ActionResult, SessionStatus } from "./status/action.ts"
export type { History, HistorySeries } from "./status/history.ts"
export type {
  Availability,
  CircuitState,
  CircuitStatus,
  EndpointStatus,
  HealthStatus,
  HoldStatus,
  KeyStatus,
} from "./status/endpoint-status.ts"
export type {
  ActionsStatus,
  BudgetStatus,
  CallerStatus,
  ConfigStatus,
  CostStatus,
  ProcessStatus,
  QuotaStatus,
  Status,
  TrailStep,
  TroubledCall,
} from "./status/status.ts"
export type { Percentiles, Totals, Traffic } from "./status/traffic-status.ts"
export { runGateway } from "./run.ts"
export type { RunOptions } from "./run.ts"
