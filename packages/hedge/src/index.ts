export { HedgeLost, HedgeStarted, HedgeWon } from "./events.ts"
export { hedge } from "./hedge.ts"
export type { HedgeOptions } from "./options.ts"
