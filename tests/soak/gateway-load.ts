import { systemClock } from "@bellwether/core"
import { createUndiciFetch } from "@bellwether/undici"
import OpenAI from "openai"
import { questionOf, sayingFor } from "./saying.ts"

/** Callers of a gateway, each with OpenAI's own SDK, each making its next call when the last one is over. */
export interface Load {
  readonly baseURL: string
  readonly callers: number
  /** Which calls stream, by their number, counted from 1. @default all */
  readonly streams?: (number: number) => boolean
  /** Whether there is another call, by how many have begun. */
  readonly goesOn: (begun: number) => boolean
  /** Called when a call is over. */
  readonly onEnd?: (number: number, ended: Ended) => void
}

/** What became of a call. */
export interface Ended {
  /**
   * As its SDK saw it: `whole`; `told` for a stream that had begun and ended with an error; or why there was no answer.
   */
  readonly ending: string
  /** The endpoint that answered. */
  readonly endpoint: string | undefined
}

/** What became of all calls. */
export interface Tally {
  readonly calls: number
  /** How many there were of each ending. */
  readonly endings: Readonly<Record<string, number>>
  readonly callsPerSecond: number
}

/** Runs the callers until all calls are over, and nothing of theirs is left. */
export async function callGateway(load: Load): Promise<Tally> {
  const { baseURL, callers, streams = () => true, goesOn, onEnd } = load
  const fetch = createUndiciFetch()
  const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0, fetch })
  const endings: Record<string, number> = {}
  const beganMs = systemClock.now()
  let begun = 0
  const caller = async (): Promise<void> => {
    while (goesOn(begun)) {
      const number = (begun += 1)
      const ended = await ask(client, number, streams(number))
      endings[ended.ending] = (endings[ended.ending] ?? 0) + 1
      onEnd?.(number, ended)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (systemClock.now() - beganMs) / 1_000
  await fetch.close()
  return { calls: begun, endings, callsPerSecond: Math.round(begun / seconds) }
}

async function ask(client: OpenAI, number: number, isStream: boolean): Promise<Ended> {
  const question = { model: "gpt-4o", messages: [{ role: "user" as const, content: questionOf(number) }] }
  let endpoint: string | undefined
  let text = ""
  let reason: string | null | undefined
  try {
    const call = client.chat.completions.create({ ...question, stream: isStream })
    const { data, response } = await call.withResponse()
    endpoint = response.headers.get("x-bellwether-target")?.split("/", 1).join()
    for await (const { choices } of "choices" in data ? [data] : data)
      for (const choice of choices) {
        text += ("delta" in choice ? choice.delta : choice.message).content ?? ""
        reason = choice.finish_reason ?? reason
      }
  } catch (error) {
    return { ending: isStream && text !== "" ? "told" : failureOf(error), endpoint }
  }
  return { ending: text === sayingFor(number) && reason === "stop" ? "whole" : "cut in silence", endpoint }
}

function failureOf(error: unknown): string {
  if (error instanceof OpenAI.APIConnectionError) return "no connection"
  if (error instanceof OpenAI.APIError)
    return `${error.status ?? "in the stream"} ${error.code ?? error.message}`
  return String(error)
}
