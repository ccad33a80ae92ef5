/** A release of the GenAI semantic conventions. */
export type Conventions = "1.41" | "latest"

/** Operations the conventions have a name for; others keep ours. */
const operations: Readonly<Record<string, string>> = {
  chat: "chat",
  responses: "chat",
  messages: "chat",
  completions: "text_completion",
  embeddings: "embeddings",
}

/** The conventions' name of an operation. */
export const operationName = (name: string): string => operations[name] ?? name

/** Operations that the conventions call inference. */
const inference: ReadonlySet<string> = new Set(["chat", "text_completion"])

/** What metrics of an operation begin with, by the conventions' name of it. */
export const metricPrefix = (conventions: Conventions, operation: string): string =>
  conventions === "latest" && inference.has(operation) ? "gen_ai.client.inference" : "gen_ai.client.operation"

/** Kinds of tokens, as `Usage` names them, and what the conventions call them behind `usage.`. */
export const tokenKinds: Readonly<Record<Conventions, Readonly<Record<string, string>>>> = {
  "1.41": {
    input: "input_tokens",
    output: "output_tokens",
    cachedInput: "cache_read.input_tokens",
    cacheWrite: "cache_creation.input_tokens",
    reasoning: "reasoning.output_tokens",
  },
  latest: {
    input: "input_tokens",
    output: "output_tokens",
    cachedInput: "cache_read.input_tokens",
    cacheWrite: "cache_write.input_tokens",
    reasoning: "reasoning.output_tokens",
  },
}
