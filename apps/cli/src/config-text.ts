import { stringify } from "yaml"

/** The formats a config can be written in. */
export type ConfigFormat = "ts" | "yaml" | "json"

/** An endpoint of a config to be. */
export interface NewEndpoint {
  readonly id: string
  readonly baseURL: string
  /** The environment variable that holds the key: no key stands in a file. */
  readonly variable: string
}

/** A config as the text of its file. */
export function configText(endpoints: readonly NewEndpoint[], format: ConfigFormat): string {
  const config = {
    endpoints: endpoints.map(({ id, baseURL, variable }) => ({ id, baseURL, key: { env: variable } })),
  }
  if (format === "json") return `${JSON.stringify(config, undefined, 2)}\n`
  if (format === "yaml") return stringify(config)
  const lines = endpoints.map(
    ({ id, baseURL, variable }) =>
      `    { id: ${JSON.stringify(id)}, baseURL: ${JSON.stringify(baseURL)}, key: env(${JSON.stringify(variable)}) },`,
  )
  return [
    'import { defineConfig, env } from "@bellwether/config"',
    "",
    "export default defineConfig({",
    "  endpoints: [",
    ...lines,
    "  ],",
    "})",
    "",
  ].join("\n")
}
