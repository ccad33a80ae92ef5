import { confirm, isCancel, select, text } from "@clack/prompts"
import type { NewEndpoint } from "./config-text.ts"

/** Providers that most begin with; the variable is the one their own documents name. */
const providers: readonly (NewEndpoint & { readonly name: string })[] = [
  { name: "OpenAI", id: "openai", baseURL: "https://api.openai.com/v1", variable: "OPENAI_API_KEY" },
  {
    name: "OpenRouter",
    id: "openrouter",
    baseURL: "https://openrouter.ai/api/v1",
    variable: "OPENROUTER_API_KEY",
  },
  { name: "DeepSeek", id: "deepseek", baseURL: "https://api.deepseek.com/v1", variable: "DEEPSEEK_API_KEY" },
  { name: "Groq", id: "groq", baseURL: "https://api.groq.com/openai/v1", variable: "GROQ_API_KEY" },
]

/** A question was left with Ctrl-C or Escape. */
export class Cancelled extends Error {}

/** @throws Cancelled */
export async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await question
  if (isCancel(answer)) throw new Cancelled()
  return answer as Exclude<T, symbol>
}

/** Asks for endpoints until there are enough. @throws Cancelled */
export async function askEndpoints(): Promise<readonly NewEndpoint[]> {
  const endpoints: NewEndpoint[] = []
  do endpoints.push(await askEndpoint(endpoints.map(({ id }) => id)))
  while (await answered(confirm({ message: "One more?", initialValue: endpoints.length === 1 })))
  return endpoints
}

async function askEndpoint(taken: readonly string[]): Promise<NewEndpoint> {
  const known = providers.filter(({ id }) => !taken.includes(id))
  const options = [
    ...known.map(({ id, name }) => ({ value: id, label: name })),
    { value: "", label: "Another one, by its base URL" },
  ]
  const choice = await answered(select({ message: "Provider", options }))
  const { id, baseURL, variable } =
    known.find((provider) => provider.id === choice) ?? (await askAddress(taken))
  return {
    id,
    baseURL,
    variable: await ask("Environment variable that holds the key", variable, faultOfVariable),
  }
}

async function askAddress(taken: readonly string[]): Promise<NewEndpoint> {
  const baseURL = await ask("Base URL, with the version path", "https://", faultOfURL)
  const id = await ask("A name for it", nameOf(baseURL), (name) => faultOfName(name, taken))
  return { id, baseURL, variable: variableOf(id) }
}

type FaultOf = (given: string) => string | undefined

const ask = (message: string, initialValue: string, faultOf: FaultOf): Promise<string> =>
  answered(text({ message, initialValue, validate: (given = "") => faultOf(given) }))

/** What is wrong with a base URL. */
export const faultOfURL: FaultOf = (given) => {
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol))
    return "That is no URL such as https://relay.example/v1."
  if (url.username + url.password !== "") return "Leave the key out: it has a variable of its own."
  return url.search + url.hash === "" ? undefined : "Leave out what begins with ? or #."
}

const faultOfName = (name: string, taken: readonly string[]): string | undefined => {
  if (!/^[\w.-]+$/.test(name)) return "Only letters, digits, dots, dashes and underscores."
  return taken.includes(name) ? "That name is taken." : undefined
}

const faultOfVariable: FaultOf = (name) =>
  /^[A-Za-z_]\w*$/.test(name) ? undefined : "That is no name of a variable."

/** `relay` of `https://api.relay.example/v1`. */
export const nameOf = (baseURL: string): string => {
  const { hostname } = new URL(baseURL)
  return /^[\d.]+$|:/.test(hostname) ? "" : (hostname.split(".").at(-2) ?? hostname)
}

/** `RELAY_2_API_KEY` for `relay-2`. */
export const variableOf = (id: string): string =>
  `${id
    .toUpperCase()
    .replaceAll(/\W/g, "_")
    .replace(/^(?=\d)/, "_")}_API_KEY`
