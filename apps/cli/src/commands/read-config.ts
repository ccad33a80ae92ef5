import { loadConfig } from "@bellwether/config"
import type { LoadedConfig } from "@bellwether/config"

/** What every command that reads the config takes. */
export interface ConfigChoice {
  readonly config?: string
}

/** The config that was named, or the one that is found in the working directory. */
export const readConfig = ({ config }: ConfigChoice): Promise<LoadedConfig> =>
  loadConfig(config === undefined ? {} : { file: config })
