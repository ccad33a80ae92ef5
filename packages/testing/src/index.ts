export { seededRandom } from "@bellwether/core"
export { virtualClock } from "./virtual-clock.ts"
export type { VirtualClock, VirtualClockOptions } from "./virtual-clock.ts"
