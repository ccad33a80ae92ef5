export { chat } from "./chat.ts"
export type { ChatMessage, ChatOptions } from "./chat.ts"
export { createFetch } from "./create-fetch.ts"
export type { FetchOptions, PipelineFetch } from "./create-fetch.ts"
