/** Stands for an environment variable wherever a text may stand in a config: plain data, so JSON and YAML can hold it. */
export interface EnvReference {
  /** Name of the variable. */
  readonly env: string
  /** Taken where the variable is not set, or empty. @default none: an unset variable is a fault */
  readonly default?: string
}

/**
 * An environment variable, read when the config is loaded.
 *
 * @param name name of the variable
 * @param fallback taken where it is not set, or empty
 *
 * @example
 * defineConfig({ endpoints: [{ id: "openai", baseURL: "https://api.openai.com/v1", key: env("OPENAI_API_KEY") }] })
 */
export const env = (name: string, fallback?: string): EnvReference =>
  fallback === undefined ? { env: name } : { env: name, default: fallback }
