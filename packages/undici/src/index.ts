export { createUndiciFetch } from "./undici-fetch.ts"
export type { UndiciFetch, UndiciFetchOptions } from "./undici-fetch.ts"
