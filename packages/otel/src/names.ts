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

/** What metrics of operations begin with that have metrics of their own by now. */
const latestPrefixes: Readonly<Record<string, string>> = {
  chat: "gen_ai.client.inference",
  text_completion: "gen_ai.client.inference",
  embeddings: "gen_ai.client.embeddings",
}

/** What metrics of an operation begin with, by the conventions' name of it. */
export const metricPrefix = (conventions: Conventions, operation: string): string =>
  (conventions === "latest" ? latestPrefixes[operation] : undefined) ?? "gen_ai.client.operation"

/** Kinds of tokens that the conventions know, as `Usage` names them. */
export type TokenKind = "input" | "output" | "cachedInput" | "cacheWrite" | "reasoning"

/** What the conventions call kinds of tokens, behind `usage.`. */
export const tokenNames: Readonly<Record<Conventions, readonly (readonly [TokenKind, string])[]>> = {
  "1.41": [
    ["input", "input_tokens"],
    ["output", "output_tokens"],
    ["cachedInput", "cache_read.input_tokens"],
    ["cacheWrite", "cache_creation.input_tokens"],
    ["reasoning", "reasoning.output_tokens"],
  ],
  latest: [
    ["input", "input_tokens"],
    ["output", "output_tokens"],
    ["cachedInput", "cache_read.input_tokens"],
    ["cacheWrite", "cache_write.input_tokens"],
    ["reasoning", "reasoning.output_tokens"],
  ],
}
