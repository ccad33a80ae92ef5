import type { GatewaySettings } from "@bellwether/config"

/** What a gateway says of itself when it listens: how to call it, and what to mind. */
export function welcome(url: string, settings: GatewaySettings, isDemo: boolean): string {
  const key = settings.keys.length === 0 ? "any" : "<one of gateway.keys>"
  const header = settings.keys.length === 0 ? "" : ` -H 'authorization: Bearer ${key}'`
  const question = `{"model":"gpt-4o","messages":[{"role":"user","content":"Why do sheep follow a bell?"}]}`
  return [
    "",
    `  Bellwether listens at ${url}`,
    ...(isDemo
      ? ["  There is no bellwether.config file here: demo providers answer, and fail now and then."]
      : []),
    ...(settings.keys.length === 0
      ? ["  There are no gateway.keys: whoever reaches this address may call, whatever key they show."]
      : []),
    "",
    `  curl ${url}/v1/chat/completions${header} -H 'content-type: application/json' -d '${question}'`,
    "",
    `  JavaScript  new OpenAI({ baseURL: "${url}/v1", apiKey: "${key}" })`,
    `  Python      OpenAI(base_url="${url}/v1", api_key="${key}")`,
    `  Anthropic   new Anthropic({ baseURL: "${url}", apiKey: "${key}" })`,
    "",
    `  Status      ${settings.status === false ? "off" : `${url}/status`}`,
    ...(isDemo && settings.status !== false
      ? [`              its actions open with ${settings.status.token}`]
      : []),
    `  Metrics     ${settings.metrics ? `${url}/metrics` : "off"}`,
    "",
    "",
  ].join("\n")
}
