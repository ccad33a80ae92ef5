import { startHostileProvider } from "@bellwether/testing"
import type { HostileProviderOptions } from "@bellwether/testing"
import { numberIn, sayingFor } from "./saying.ts"

// A provider in a process of its own, which tells how many connections it has when it is asked.

const [, , options = "{}"] = process.argv
const provider = await startHostileProvider({
  ...(JSON.parse(options) as HostileProviderOptions),
  answer: ({ body }) => sayingFor(numberIn(body)),
  logLimit: 1,
})

process.on("message", () => process.send?.(provider.openSockets))
process.once("disconnect", () => process.exit())
process.send?.(provider.port)
