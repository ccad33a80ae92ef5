import { parseArgs } from "node:util"
import { runGateway } from "./run.ts"

const usage = `npm run gateway                          on demo providers, unless there is a bellwether.config file
npm run gateway -- --config <file>       on this config
                   --port <port>         at this port instead of the config's, 0 for any`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: "string" }, port: { type: "string" }, help: { type: "boolean" } },
  })
  if (values.help) return console.log(usage)
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new Error("--port must be a port from 0 to 65535.")
  await runGateway({ file: values.config, port, output: process.stdout })
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
