import { getEventListeners } from "node:events"
import { bellwether } from "bellwether"
import type { Bellwether } from "bellwether"
import { answerText } from "../support/answer-text.ts"
import { countingClock } from "../support/counting-clock.ts"
import { questions } from "../support/questions.ts"
import type { RemoteProvider } from "./remote-provider.ts"
import { startRemoteProvider } from "./remote-provider.ts"

/** How many streams. */
export interface StreamPlan {
  /** How many at the same time. */
  readonly streams: number
  /** How often so many are opened. */
  readonly rounds: number
  /** Called when every open stream has been given so many pieces of its answer. */
  readonly onPieces?: (count: number) => void
  /** Called when all streams of a round have been read, and their connections are gone. */
  readonly onRound?: () => void
}

/** What is left of the streams when all are over: everything should be 0. */
export interface StreamLeftovers {
  /** Streams by how they ended: `whole`, or in words that nobody should read. */
  readonly endings: Readonly<Record<string, number>>
  readonly timers: number
  readonly listeners: number
  readonly sockets: number
}

/** How many pieces of text each stream has. */
export const pieceCount = 12

const saying = Array.from({ length: pieceCount }, (_, number) => `sheep-${number}`).join(" ")

const patienceMs = 600_000

/** A server's queue of connections that wait to be accepted is shorter than the number of streams it can serve. */
const mostConnects = 200

/**
 * Opens many streams at once and reads them side by side: none gets its next piece before all have the one before.
 * Then looks at what is left.
 *
 * @throws Error when a call is not answered
 */
export async function readStreams(plan: StreamPlan): Promise<StreamLeftovers> {
  const clock = countingClock()
  await using provider = await startRemoteProvider(saying)
  const endpoints = [{ id: "only", baseURL: provider.baseURL }]
  // A slow machine must not look like a slow provider.
  const limits = { headersMs: patienceMs, firstContentMs: patienceMs, idleMs: patienceMs }
  await using pipeline = bellwether({ endpoints, clock, timeout: limits, health: false })
  // One signal for all of them, as an application has one that lives as long as itself.
  const { signal } = new AbortController()
  const endings: Record<string, number> = {}
  let sockets = 0
  for (let round = 0; round < plan.rounds; round++) {
    for (const ending of await readRound(plan, pipeline, provider, signal))
      endings[ending] = (endings[ending] ?? 0) + 1
    sockets = await provider.part()
    plan.onRound?.()
  }
  await pipeline.close()
  await clock.idle()
  return { endings, timers: clock.pending, listeners: getEventListeners(signal, "abort").length, sockets }
}

/** How each stream of a round ended. */
async function readRound(
  { streams, onPieces }: StreamPlan,
  pipeline: Bellwether,
  provider: RemoteProvider,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const begun: Promise<Reading>[] = []
  while (begun.length < streams) {
    const wave = { length: Math.min(mostConnects, streams - begun.length) }
    const calls = Array.from(wave, () => begin(pipeline, signal))
    begun.push(...calls)
    await Promise.race([provider.gather(begun.length), Promise.all(calls)])
  }
  for (let count = 1; count <= pieceCount; count++) {
    await provider.gather(streams)
    await provider.speak()
    for (const reading of begun) await (await reading).next()
    onPieces?.(count)
  }
  return Promise.all(begun.map(async (reading) => (await reading).end()))
}

/** One stream, of which nothing is kept but how far it has come. */
interface Reading {
  /** Reads on until there is more text. */
  next(): Promise<void>
  /** Reads to the end, and tells what it was. */
  end(): Promise<string>
}

async function begin(pipeline: Bellwether, signal: AbortSignal): Promise<Reading> {
  const result = await pipeline.call({ ...questions["chat stream"](), signal })
  if (!result.ok) throw new Error(result.failure.message)
  const decoder = new TextDecoder()
  const reader = result.response.body?.getReader()
  let length = 0
  let ending: string | undefined

  async function read(): Promise<void> {
    const piece = await reader?.read()
    if (piece?.value === undefined) {
      ending ??= length === saying.length ? "whole" : "cut"
      return
    }
    const { texts, error } = answerText("chat stream", decoder.decode(piece.value))
    const text = texts.join("")
    if (error !== undefined) ending = JSON.stringify(error)
    else if (!saying.startsWith(text, length)) ending = `says ${text}`
    length += text.length
  }

  return {
    async next() {
      const before = length
      while (length === before && ending === undefined) await read()
    },
    async end() {
      while (ending === undefined) await read()
      return ending
    },
  }
}
