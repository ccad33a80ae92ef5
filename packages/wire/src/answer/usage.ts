import { isObject, type JsonObject } from "../json-value.ts"

/** Tokens that an answer was billed for. */
export interface Usage {
  /** Tokens of the request, the cached ones included. */
  readonly input: number
  /** Tokens of the answer, the ones spent on reasoning included. */
  readonly output: number
  /** Tokens of the request that came from the provider's cache. */
  readonly cachedInput?: number
  /** Tokens of the request that the provider wrote into its cache. */
  readonly cacheWrite?: number
  /** Those of them that it keeps for an hour instead of minutes. */
  readonly longCacheWrite?: number
  /** Tokens of the request that are sound. */
  readonly audioInput?: number
  /** Tokens of the request that are pictures. */
  readonly imageInput?: number
  /** Tokens of the answer that were spent on reasoning. */
  readonly reasoning?: number
  /** Tokens of the answer that are sound. */
  readonly audioOutput?: number
  /** Tokens of the answer that are pictures. */
  readonly imageOutput?: number
  /** Whether it was counted by us instead of said by the provider. */
  readonly estimated: boolean
}

/** No answer has used more: who tells of ten billion tokens has miscounted, and would spoil every sum. */
const mostTokens = 1e10

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= mostTokens

const count = (holder: unknown, ...names: readonly string[]): number | undefined =>
  isObject(holder) ? names.map((name) => holder[name]).find(isCount) : undefined

/** What a provider says of a part of the tokens, where it says so: OpenAI's APIs have three names for the place. */
const firstOf = (holders: readonly unknown[], ...names: readonly string[]): number | undefined => {
  for (const holder of holders) {
    const value = count(holder, ...names)
    if (value !== undefined) return value
  }
  return undefined
}

type Details = Omit<Usage, "input" | "output" | "estimated">

/** Of how many tokens a part can be: it is never more than its whole. */
const wholes: Readonly<Record<keyof Details, "input" | "output">> = {
  cachedInput: "input",
  cacheWrite: "input",
  longCacheWrite: "input",
  audioInput: "input",
  imageInput: "input",
  reasoning: "output",
  audioOutput: "output",
  imageOutput: "output",
}

const readDetails = (usage: JsonObject, whole: Pick<Usage, "input" | "output">): Details => {
  const ofInput = [usage.prompt_tokens_details, usage.input_tokens_details, usage.input_token_details]
  const ofOutput = [usage.completion_tokens_details, usage.output_tokens_details, usage.output_token_details]
  const details: Record<keyof Details, number | undefined> = {
    cachedInput:
      firstOf(ofInput, "cached_tokens") ?? count(usage, "cache_read_input_tokens", "prompt_cache_hit_tokens"),
    cacheWrite: firstOf(ofInput, "cache_write_tokens") ?? count(usage, "cache_creation_input_tokens"),
    longCacheWrite: count(usage.cache_creation, "ephemeral_1h_input_tokens"),
    audioInput: firstOf(ofInput, "audio_tokens"),
    imageInput: firstOf(ofInput, "image_tokens"),
    reasoning: firstOf(ofOutput, "reasoning_tokens"),
    audioOutput: firstOf(ofOutput, "audio_tokens"),
    imageOutput: firstOf(ofOutput, "image_tokens"),
  }
  const told = Object.entries(details) as [keyof Details, number | undefined][]
  return Object.fromEntries(
    told.flatMap(([part, tokens]) =>
      tokens === undefined ? [] : [[part, Math.min(tokens, whole[wholes[part]])]],
    ),
  )
}

/** Anthropic counts cached tokens beside the input, everybody else inside it. */
const cachedBeside = (usage: JsonObject): number =>
  usage.prompt_tokens === undefined
    ? (count(usage, "cache_read_input_tokens") ?? 0) + (count(usage, "cache_creation_input_tokens") ?? 0)
    : 0

const totals = ["prompt_tokens", "input_tokens", "completion_tokens", "output_tokens"]

/** Whether it counts what can not be: halves, less than nothing, more than there is. */
const isUnsound = (usage: JsonObject): boolean =>
  totals.some((name) => typeof usage[name] === "number" && !isCount(usage[name]))

/**
 * The usage in a provider's words (any grammar), or undefined when it names no tokens, or a number of them that can not
 * be: an estimate is nearer to the truth then.
 */
export const readUsage = (value: unknown): Usage | undefined => {
  if (!isObject(value) || isUnsound(value)) return undefined
  const ownInput = count(value, "prompt_tokens", "input_tokens")
  const ownOutput = count(value, "completion_tokens", "output_tokens")
  if (ownInput === undefined && ownOutput === undefined) return undefined
  const input = (ownInput ?? 0) + cachedBeside(value)
  // xAI and Gemini leave reasoning out of the answer's tokens, and have it in their total.
  const output = Math.max(ownOutput ?? 0, (count(value, "total_tokens") ?? 0) - input)
  return { input, output, ...readDetails(value, { input, output }), estimated: false }
}
