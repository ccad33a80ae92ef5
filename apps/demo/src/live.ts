import { readFile } from "node:fs/promises"
import type { EndpointOptions } from "@bellwether/core"
import { bellwether } from "bellwether"
import { withPipeline } from "bellwether/openai"
import OpenAI from "openai"
import { columns, shownMs } from "./columns.ts"
import { drive } from "./load.ts"
import { show } from "./show.ts"
import { Ledger } from "./tally.ts"

/** Where a live run goes and how much it asks. */
export interface LiveOptions {
  /** A JSON file with a list of endpoints; keys may be `$NAME`, a variable of the environment. */
  readonly file: string | undefined
  readonly model: string
}

const durationMs = 10_000
const callsPerSecond = 2

/** A little load on the user's real endpoints; resolves to the exit code. */
export async function live({ file, model }: LiveOptions, signal: AbortSignal): Promise<number> {
  const endpoints = file === undefined ? fromEnvironment() : await fromFile(file)
  console.log(
    `Live: ${(durationMs * callsPerSecond) / 1_000} small calls of ${model} to ${endpoints.map(({ id }) => id).join(", ")}. They cost what they cost.`,
  )
  await using pipeline = bellwether({ endpoints })
  const ledger = new Ledger()
  const scene = show({
    pipeline,
    model,
    durationMs,
    ledgers: { "with Bellwether": ledger },
    headline: () => "your endpoints",
    failovers: () => pipeline.metrics.snapshot().failovers,
  })
  const client = new OpenAI(withPipeline(pipeline))
  await drive({ client, ledger, model, durationMs, callsPerSecond, phaseAt: () => 0, maxTokens: 16, signal })
  scene.stop()
  const { calls, answered, lost, p50Ms, p95Ms, errors } = ledger.total()
  console.log(
    columns([
      ["p50", "p95"],
      [shownMs(p50Ms), shownMs(p95Ms)],
    ]).join("\n"),
  )
  for (const [name, times] of Object.entries(errors)) console.log(`${times} × ${name}`)
  console.log(`demo: ${calls} calls, ${answered} answered, ${lost} lost`)
  return lost === 0 && calls > 0 ? 0 : 1
}

function fromEnvironment(): EndpointOptions[] {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseURL = "https://api.openai.com/v1" } = process.env
  if (key === undefined)
    throw new Error(
      "Set OPENAI_API_KEY (and OPENAI_BASE_URL), or name a file of endpoints: --live endpoints.json",
    )
  return [{ id: "live", baseURL, key }]
}

async function fromFile(file: string): Promise<EndpointOptions[]> {
  const text = await readFile(file, "utf8")
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" ? expanded(value) : value,
  ) as EndpointOptions[]
}

function expanded(text: string): string {
  const name = /^\$([A-Z_][A-Z0-9_]*)$/.exec(text)?.[1]
  if (name === undefined) return text
  const value = process.env[name]
  if (value === undefined) throw new Error(`The file names the variable ${name}, which is not set.`)
  return value
}
