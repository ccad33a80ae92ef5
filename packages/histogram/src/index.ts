export { Histogram } from "./histogram.ts"
export type { Summary } from "./histogram.ts"
export { WindowedHistogram } from "./windowed-histogram.ts"
