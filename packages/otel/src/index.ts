export type { Conventions } from "./names.ts"
export type { OtelOptions } from "./options.ts"
export { otel } from "./otel.ts"
