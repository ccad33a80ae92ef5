export type { SdkFetch } from "./sdk-fetch.ts"
export { withPipeline } from "./with-pipeline.ts"
export type { OverPipeline, SuppliedOptions } from "./with-pipeline.ts"
