import { cpus } from "node:os"
import { loopback } from "./loopback.ts"
import { observers } from "./observers.ts"
import { stream } from "./stream.ts"
import { stub } from "./stub.ts"
import { undici } from "./undici.ts"

const parts: Readonly<Record<string, () => Promise<void>>> = { stub, stream, observers, loopback, undici }
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}: choose of ${Object.keys(parts).join(", ")}.`)
  process.exit(1)
}

console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}. Medians of alternating rounds; trust the ratios.`,
)
for (const name of wanted.length === 0 ? Object.keys(parts) : wanted) await parts[name]!()
