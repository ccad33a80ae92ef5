import { existsSync } from "node:fs"
import { rename, writeFile } from "node:fs/promises"
import { cancel, intro, log, outro, select } from "@clack/prompts"
import { findConfig } from "@bellwether/config"
import { answered, askEndpoints, Cancelled } from "../ask-endpoints.ts"
import { configText } from "../config-text.ts"
import type { ConfigFormat } from "../config-text.ts"
import { interruptedCode } from "../exit-codes.ts"

/** The options of `bellwether init`. */
export interface InitChoices {
  readonly format?: ConfigFormat
  readonly force?: true
}

/** Writes a config by asking. @returns the exit code: 0 when it was written */
export async function initCommand({ format, force }: InitChoices, isInteractive: boolean): Promise<number> {
  if (!isInteractive)
    throw new Error("bellwether init asks questions, and nobody is there to answer: run it in a terminal.")
  const former = await findConfig()
  if (former !== undefined && force === undefined)
    throw new Error(`There is a config already: ${former}. Say --force to put another one in its place.`)
  intro("Which providers do you call? The first is preferred, the others take over.")
  try {
    const endpoints = await askEndpoints()
    const chosen = format ?? (await answered(select({ message: "Format", options: formats })))
    const file = `bellwether.config.${chosen}`
    if (former !== undefined) await rename(former, freeName(former))
    await writeFile(file, configText(endpoints, chosen), { flag: "wx" })
    const names = [...new Set(endpoints.map(({ variable }) => variable))].join(", ")
    log.success(`${file} is written.`)
    outro(`Set ${names}, then try: bellwether probe`)
    return 0
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    cancel("Nothing was written.")
    return interruptedCode
  }
}

const formats: { value: ConfigFormat; label: string }[] = [
  { value: "ts", label: "TypeScript" },
  { value: "yaml", label: "YAML" },
  { value: "json", label: "JSON" },
]

/** `bellwether.config.ts.old`, or with a number behind: what was kept before stays. */
function freeName(file: string): string {
  const names = [`${file}.old`, ...Array.from({ length: 1_000 }, (_, place) => `${file}.old.${place + 2}`)]
  return names.find((name) => !existsSync(name)) ?? `${file}.old`
}
