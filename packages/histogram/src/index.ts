export { Histogram } from "./histogram.ts"
export type { Durations } from "./histogram.ts"
export { WindowedHistogram } from "./windowed-histogram.ts"
