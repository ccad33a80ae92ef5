export { CallMoved, GateClosed, ParkBegan, ParkEnded, RetryScheduled } from "./events.ts"
export type { BudgetOptions, RetryOptions } from "./options.ts"
export { retry } from "./retry.ts"
