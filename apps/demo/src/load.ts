import { setTimeout as sleep } from "node:timers/promises"
import type OpenAI from "openai"
import type { Ledger } from "./tally.ts"

/** A steady load: calls begin at fixed times, whatever becomes of those before. */
export interface LoadOptions {
  readonly client: OpenAI
  readonly ledger: Ledger
  readonly model: string
  readonly durationMs: number
  readonly callsPerSecond: number
  readonly phaseAt: (elapsedMs: number) => number
  readonly maxTokens?: number
  readonly signal: AbortSignal
}

/** Drives the load, every other call streamed; resolves when the last call has ended. */
export async function drive(options: LoadOptions): Promise<void> {
  const { durationMs, callsPerSecond, signal } = options
  const begin = performance.now()
  const calls: Promise<void>[] = []
  for (let index = 0; ; index++) {
    const dueMs = (index * 1_000) / callsPerSecond
    if (dueMs >= durationMs || signal.aborted) break
    const waitMs = begin + dueMs - performance.now()
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {})
    calls.push(call(options, index, performance.now() - begin))
  }
  await Promise.all(calls)
}

async function call(options: LoadOptions, index: number, elapsedMs: number): Promise<void> {
  const { client, ledger, model, maxTokens, phaseAt, signal } = options
  const phase = phaseAt(elapsedMs)
  const begin = performance.now()
  ledger.begun += 1
  const request = {
    model,
    messages: [{ role: "user" as const, content: `Tell me of sheep number ${index}.` }],
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  }
  const patience = AbortSignal.timeout(patienceMs)
  const either = AbortSignal.any([signal, patience])
  const end = (error?: string): void =>
    ledger.add({
      phase,
      answered: error === undefined,
      durationMs: performance.now() - begin,
      ...(error !== undefined && { error }),
    })
  try {
    const ask = index % 2 === 0 ? plain : streamed
    const complete = await ask(client, request, either)
    end(complete ? undefined : patience.aborted ? hung : "answer cut, and no error told")
  } catch (error) {
    end(patience.aborted ? hung : nameOf(error))
  }
}

/** Nobody waits for ever. */
const patienceMs = 15_000
const hung = `hung, given up after ${patienceMs / 1_000} s`

type Request = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "stream">

async function plain(client: OpenAI, request: Request, signal: AbortSignal): Promise<boolean> {
  const answer = await client.chat.completions.create(request, { signal })
  return answer.choices[0]?.finish_reason != null
}

/** Whether the stream came to its end: the SDK says nothing of one that did not. */
async function streamed(client: OpenAI, request: Request, signal: AbortSignal): Promise<boolean> {
  let finished = false
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true }, { signal }))
    finished ||= chunk.choices[0]?.finish_reason != null
  return finished
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const status = "status" in error && typeof error.status === "number" ? ` ${error.status}` : ""
  return error.constructor.name + status
}
