import { isObject, type JsonObject } from "../json-value.ts"

/** Tokens that an answer was billed for. */
export interface Usage {
  /** Tokens of the request, the cached ones included. */
  readonly input: number
  /** Tokens of the answer, the ones spent on reasoning included. */
  readonly output: number
  /** Tokens of the request that came from the provider's cache. */
  readonly cachedInput?: number
  /** Tokens of the answer that were spent on reasoning. */
  readonly reasoning?: number
  /** Whether it was counted by us instead of said by the provider. */
  readonly estimated: boolean
}

const count = (holder: unknown, ...names: readonly string[]): number | undefined => {
  if (!isObject(holder)) return undefined
  for (const name of names) {
    const value = holder[name]
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value
  }
  return undefined
}

/** Anthropic counts cached tokens beside the input, everybody else inside it. */
const cachedBeside = (usage: JsonObject): number =>
  (count(usage, "cache_read_input_tokens") ?? 0) + (count(usage, "cache_creation_input_tokens") ?? 0)

/** The usage in a provider's words (any grammar), or undefined when it names no tokens. */
export const readUsage = (value: unknown): Usage | undefined => {
  if (!isObject(value)) return undefined
  const input = count(value, "prompt_tokens", "input_tokens")
  const output = count(value, "completion_tokens", "output_tokens")
  if (input === undefined && output === undefined) return undefined
  const cachedInput =
    count(value.prompt_tokens_details, "cached_tokens") ??
    count(value.input_tokens_details, "cached_tokens") ??
    count(value, "cache_read_input_tokens", "prompt_cache_hit_tokens")
  const reasoning =
    count(value.completion_tokens_details, "reasoning_tokens") ??
    count(value.output_tokens_details, "reasoning_tokens")
  return {
    input: (input ?? 0) + cachedBeside(value),
    output: output ?? 0,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(reasoning !== undefined && { reasoning }),
    estimated: false,
  }
}
