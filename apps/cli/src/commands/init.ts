import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { cancel, confirm, intro, isCancel, outro, select, text } from "@clack/prompts"
import { findConfig } from "@bellwether/config"
import { configText } from "../config-text.ts"
import type { ConfigFormat, NewEndpoint } from "../config-text.ts"

/** The options of `bellwether init`. */
export interface InitChoices {
  readonly format?: ConfigFormat
  readonly force?: true
}

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

/** Writes a config by asking. @returns the exit code: 0 when it was written */
export async function initCommand(choices: InitChoices, isInteractive: boolean): Promise<number> {
  if (!isInteractive)
    throw new Error("bellwether init asks questions, and nobody is there to answer: run it in a terminal.")
  const there = await findConfig(".").catch(() => undefined)
  if (there !== undefined && choices.force === undefined)
    throw new Error(`There is a config already: ${there}. Say --force to write another one.`)
  intro("Which providers do you call? The first is preferred, the others take over.")
  try {
    const endpoints = await askEndpoints()
    const format = choices.format ?? (await answered(select({ message: "Which format?", options: formats })))
    const file = `bellwether.config.${format}`
    if (existsSync(file) && choices.force === undefined) throw new Error(`${file} is there already.`)
    await writeFile(file, configText(endpoints, format))
    const names = endpoints.map(({ variable }) => variable).join(", ")
    outro(`${file} is written. Set ${names}, then try: bellwether probe`)
    return 0
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    cancel("Nothing was written.")
    return 1
  }
}

const formats: { value: ConfigFormat; label: string }[] = [
  { value: "ts", label: "TypeScript" },
  { value: "yaml", label: "YAML" },
  { value: "json", label: "JSON" },
]

class Cancelled extends Error {}

/** @throws Cancelled when the question was left with Ctrl-C */
async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await question
  if (isCancel(answer)) throw new Cancelled()
  return answer as Exclude<T, symbol>
}

async function askEndpoints(): Promise<readonly NewEndpoint[]> {
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
  const provider = known.find(({ id }) => id === choice)
  const baseURL =
    provider?.baseURL ??
    (await answered(
      text({
        message: "Base URL, with the version path",
        placeholder: "https://relay.example/v1",
        validate: (value = "") => (URL.canParse(value) ? undefined : "That is no URL."),
      }),
    ))
  const id =
    provider?.id ??
    (await answered(
      text({
        message: "A name for it",
        initialValue: new URL(baseURL).hostname.split(".").at(-2) ?? "",
        validate: (value = "") =>
          !/^[\w.-]+$/.test(value)
            ? "Letters, digits, dots, dashes."
            : taken.includes(value)
              ? "That name is taken."
              : undefined,
      }),
    ))
  const variable = await answered(
    text({
      message: "Environment variable that holds the key",
      initialValue: provider?.variable ?? `${id.toUpperCase().replaceAll(/\W/g, "_")}_API_KEY`,
      validate: (value = "") => (/^[A-Za-z_]\w*$/.test(value) ? undefined : "That is no name of a variable."),
    }),
  )
  return { id, baseURL, variable }
}
