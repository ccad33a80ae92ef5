import { getEventListeners } from "node:events"
import { startHostileProvider } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether } from "bellwether"
import { answerText } from "../support/answer-text.ts"
import { countingClock } from "../support/counting-clock.ts"
import { questions } from "../support/questions.ts"

/** How many streams. */
export interface StreamPlan {
  readonly streams: number
  /** How often so many are opened. */
  readonly rounds: number
  /** Called when all streams of a round are open, and again when all have been read. */
  readonly onRound?: (state: "open" | "over") => void
}

/** What is left of the streams when all are over: everything should be 0. */
export interface StreamLeftovers {
  /** Streams by how they ended: `whole`, or in words that nobody should read. */
  readonly endings: Readonly<Record<string, number>>
  readonly timers: number
  readonly listeners: number
  readonly sockets: number
}

const saying = "The flock goes where the bell goes, over the hill and home. ".repeat(3).trimEnd()

const patienceMs = 600_000

/** A server's queue of connections that wait to be accepted is shorter than the number of streams it can serve. */
const mostConnects = 200

/** Opens many streams at once, reads them side by side once all have begun, and looks at what is left. */
export async function readStreams({ streams, rounds, onRound }: StreamPlan): Promise<StreamLeftovers> {
  const clock = countingClock()
  const provider = await startHostileProvider({ answer: () => saying, logLimit: 1 })
  const endpoints = [{ id: "only", baseURL: provider.baseURL }]
  // Both ends of all streams share one thread, so a slow machine must not look like a slow provider.
  const limits = { headersMs: patienceMs, firstContentMs: patienceMs, idleMs: patienceMs }
  const pipeline = bellwether({ endpoints, clock, timeout: limits })
  // One signal for all of them, as an application has one that lives as long as itself.
  const { signal } = new AbortController()
  const endings: Record<string, number> = {}
  for (let round = 0; round < rounds; round++) {
    const reading: (() => Promise<string>)[] = []
    while (reading.length < streams) {
      const wave = { length: Math.min(mostConnects, streams - reading.length) }
      reading.push(...(await Promise.all(Array.from(wave, () => opened(pipeline, signal)))))
    }
    onRound?.("open")
    for (const ending of await Promise.all(reading.map((read) => read())))
      endings[ending] = (endings[ending] ?? 0) + 1
    // Node keeps connections for a while.
    await provider.until(({ openSockets }) => openSockets === 0)
    onRound?.("over")
  }
  await pipeline.close()
  await clock.idle()
  const sockets = provider.openSockets
  await provider.close()
  const listeners = getEventListeners(signal, "abort").length
  return { endings, timers: clock.pending, listeners, sockets }
}

/** A stream that has begun; what is returned reads the rest and tells how it ended. */
async function opened(pipeline: Bellwether, signal: AbortSignal): Promise<() => Promise<string>> {
  const result = await pipeline.call({ ...questions["chat stream"](), signal })
  if (!result.ok) return async () => result.failure.message
  const decoder = new TextDecoder()
  const reader = result.response.body?.getReader()
  let text = decoder.decode((await reader?.read())?.value)
  return async () => {
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read())
      text += decoder.decode(piece.value)
    const { texts, error } = answerText("chat stream", text)
    if (error !== undefined) return JSON.stringify(error)
    return texts.join() === saying ? "whole" : "cut"
  }
}
