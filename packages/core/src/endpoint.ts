import { SecretKey } from "./secret-key.ts"
import type { KeyValue } from "./secret-key.ts"
import { providers } from "./provider.ts"
import type { Provider } from "./provider.ts"
import type { Price, Target } from "./target.ts"

/** One key of an endpoint. */
export interface KeyOptions {
  /** Name of the key in errors, events and pages. @default "key-1", "key-2", … */
  readonly id?: string
  /** The key, or a function that fetches it: called once, and once again when the provider answers 401. */
  readonly value: KeyValue
}

/** What the user configures of a provider. */
export interface EndpointOptions {
  /** Unique name, used wherever the endpoint is spoken of. */
  readonly id: string
  /** With the version path: `https://api.openai.com/v1`. */
  readonly baseURL: string
  /** The only key; `keys` for several. Neither: requests go without authorization. */
  readonly key?: KeyValue | undefined
  readonly keys?: readonly (KeyValue | KeyOptions | undefined)[]
  /** How it wants to be addressed. @default "openai" */
  readonly provider?: keyof typeof providers | Provider
  /** Azure's dated API: the `api-version` to send. */
  readonly apiVersion?: string
  /** Sent with every request to this endpoint, over the caller's own. */
  readonly headers?: Readonly<Record<string, string>>
  /** The endpoint's own names of models: `{ "gpt-4o": "openai/gpt-4o" }`. Others go as they are. */
  readonly models?: Readonly<Record<string, string>>
  /** 0 is preferred, 1 the fallback, and so on; equal tiers share load. @default its place in the list */
  readonly tier?: number
  /** How much of its tier's load it takes, beside the others' weights; its keys share it. @default 1 */
  readonly weight?: number
  /** What it costs, for the `cheapest` routing. */
  readonly price?: Price
  /**
   * The models it serves, exact or by their beginning (`claude-*`), beside those under `models`: calls for others
   * never go there. @default any
   */
  readonly serves?: readonly string[]
  /** Tokens of context it holds: a call that is too long elsewhere moves only to an endpoint with more. */
  readonly contextTokens?: number
  /** Whether it continues an assistant message that was begun. @default false */
  readonly prefill?: boolean
  /**
   * When the caller gives up a stream that has begun: for how many milliseconds at most it is read on for the usage it
   * ends with, which is billed in any case. The caller waits for none of it; what the attempt was admitted with stays
   * taken. @default 0
   */
  readonly drainMs?: number
}

/** An endpoint as core uses it. */
export interface Endpoint {
  readonly id: string
  readonly baseURL: string
  readonly provider: Provider
  readonly apiVersion: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly models: ReadonlyMap<string, string>
  readonly keys: ReadonlyMap<string, SecretKey | undefined>
  /** What no error may repeat: the keys, and headers that sound like one. */
  readonly secrets: readonly SecretKey[]
  readonly targets: readonly Target[]
  readonly drainMs: number
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, "")

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** Headers that carry something like a key. */
const secretHeader = /auth|cookie|key|password|secret|token/i

const headerSecrets = (headers: EndpointOptions["headers"] = {}): readonly SecretKey[] =>
  Object.entries(headers)
    .filter(([name, value]) => secretHeader.test(name) && value.length >= 8)
    .map(([, value]) => new SecretKey(value))

function namedKeys({ key, keys = [key] }: EndpointOptions): Required<KeyOptions>[] {
  return keys.flatMap((entry, index) => {
    if (entry === undefined) return []
    const { id = `key-${index + 1}`, value } = typeof entry === "object" ? entry : { value: entry }
    return [{ id, value }]
  })
}

/** Turns checked options into an endpoint and its targets. */
export function createEndpoint(options: EndpointOptions, place: number): Endpoint {
  const { id, provider = "openai", tier = place, weight = 1, price, contextTokens, prefill = false } = options
  const serves = options.serves && [...options.serves, ...Object.keys(options.models ?? {})]
  const named = namedKeys(options)
  const keys = new Map<string, SecretKey | undefined>(
    named.map(({ id: keyId, value }) => [keyId, new SecretKey(value)]),
  )
  if (keys.size === 0) keys.set("no-key", undefined)
  return {
    id,
    baseURL: withoutSlash(options.baseURL),
    provider: typeof provider === "string" ? providers[provider] : provider,
    apiVersion: options.apiVersion,
    headers: lowerCased(options.headers ?? {}),
    models: new Map(Object.entries(options.models ?? {})),
    keys,
    secrets: [...keys.values(), ...headerSecrets(options.headers)].filter((secret) => secret !== undefined),
    drainMs: options.drainMs ?? 0,
    targets: [...keys.keys()].map((key) => ({
      id: `${id}/${key}`,
      endpoint: id,
      key,
      tier,
      weight: weight / keys.size,
      ...(price !== undefined && { price }),
      ...(serves !== undefined && { serves }),
      ...(contextTokens !== undefined && { contextTokens }),
      prefill,
    })),
  }
}
