import { usedBytes } from "./memory.ts"

// Imported by a process under test: it tells, in a line like those of its log, how much it cannot do without.

process.on("SIGUSR2", () => console.log(JSON.stringify({ event: "heap", usedBytes: usedBytes() })))
