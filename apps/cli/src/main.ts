#!/usr/bin/env node
import { interruptedCode, unreadCode } from "./exit-codes.ts"
import { run } from "./run.ts"
import { createTerminal } from "./terminal/terminal.ts"

const interrupt = new AbortController()
process.on("SIGINT", () => {
  if (interrupt.signal.aborted) process.exit(interruptedCode)
  interrupt.abort()
})
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(unreadCode)
    throw error
  })
process.exitCode = await run(process.argv.slice(2), createTerminal(process), interrupt.signal)
