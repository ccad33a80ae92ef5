import { parseArgs } from "node:util"
import { live } from "./live.ts"
import { outage } from "./outage.ts"

const usage = `npm start                              half a minute of outage, on providers of its own
npm start -- --live [endpoints.json]   a little load on your real endpoints
          [--model gpt-4o-mini]`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      live: { type: "boolean" },
      model: { type: "string", default: "gpt-4o-mini" },
      help: { type: "boolean" },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const stop = new AbortController()
  process.once("SIGINT", () => stop.abort())
  if (!values.live) return outage(stop.signal)
  return live({ file: positionals[0], model: values.model }, stop.signal)
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(`\n${usage}`)
  process.exitCode = 1
}
