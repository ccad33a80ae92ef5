import type { BellwetherOptions } from "bellwether"
import type { Configured } from "./configured.ts"
import type { GatewayOptions } from "./gateway-options.ts"

/** What only a program can make: taken as it is, no variable is looked for inside. */
type Live = "use" | "fetch" | "clock" | "random" | "store" | "rules"

type Plain = Configured<Omit<BellwetherOptions, Live | "state">>

/** What a config file holds: everything `bellwether()` is told, and what the gateway needs beside. */
export interface Config extends Plain, Pick<BellwetherOptions, Live> {
  /** For the gateway only; the library has no use for it. @default {} */
  readonly gateway?: Configured<GatewayOptions>
}

/** The names of the options that are {@link Live}. */
export const liveNames: ReadonlySet<string> = new Set<Live>([
  "use",
  "fetch",
  "clock",
  "random",
  "store",
  "rules",
])

/**
 * Gives a config its type, so that an editor completes and checks it.
 *
 * @example
 * export default defineConfig({
 *   endpoints: [{ id: "openai", baseURL: "https://api.openai.com/v1", key: env("OPENAI_API_KEY") }],
 * })
 */
export const defineConfig = (config: Config): Config => config
