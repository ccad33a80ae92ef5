import type { Operation } from "@bellwether/wire"

/** Where attempts on an endpoint go. */
export interface Server {
  readonly address: string
  readonly port: number
}

/** Where a request goes; `undefined` for what is no URL. */
export function serverOf(url: string): Server | undefined {
  if (!URL.canParse(url)) return undefined
  const { hostname, port, protocol } = new URL(url)
  return { address: hostname, port: Number(port || (protocol === "http:" ? 80 : 443)) }
}

/** Providers the conventions have a name for, by the end of their hosts' names. */
const providers: Readonly<Record<string, string>> = {
  "openai.com": "openai",
  "openai.azure.com": "azure.ai.openai",
  "cognitiveservices.azure.com": "azure.ai.openai",
  "services.ai.azure.com": "azure.ai.inference",
  "anthropic.com": "anthropic",
  "deepseek.com": "deepseek",
  "groq.com": "groq",
  "mistral.ai": "mistral_ai",
  "moonshot.ai": "moonshot_ai",
  "moonshot.cn": "moonshot_ai",
  "perplexity.ai": "perplexity",
  "cohere.com": "cohere",
  "cohere.ai": "cohere",
  "x.ai": "x_ai",
  "generativelanguage.googleapis.com": "gcp.gemini",
}

/** The conventions' name of the provider with this host; `undefined` for one they do not know. */
export function knownProvider(host: string): string | undefined {
  for (let end = host; end !== ""; end = end.slice(end.indexOf(".") + 1 || end.length))
    if (Object.hasOwn(providers, end)) return providers[end]
  return undefined
}

/** APIs that are spoken by providers which only are compatible: the conventions want their name then. */
export type Spoken = "openai" | "anthropic"

export const spokenBy = ({ grammar }: Operation): Spoken => (grammar === "messages" ? "anthropic" : "openai")
