import type { ReceivedRequest } from "../received-request.ts"
import { conversationOf, forcedTool, prefillOf, tokensAsked } from "./request-body.ts"

/** What the model says for one choice. */
export interface Choice {
  /** Text, or the arguments of the tool call, in the pieces a stream sends. Joined they are the whole. */
  readonly pieces: readonly string[]
  readonly finish: "stop" | "length" | "tool"
  /** The name of the tool called, if one is. */
  readonly tool: string | undefined
}

/** What the model says, before any grammar has shaped it. One piece counts as one token. */
export interface Generation {
  readonly choices: readonly Choice[]
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Says what the text of an answer is; `choice` counts from 0 for requests with `n` above 1. */
export type Answerer = (request: ReceivedRequest, choice: number) => string

/** Decides what the model says to a request. */
export const generate = (
  request: ReceivedRequest,
  answer: Answerer,
  continuesPrefill: boolean,
): Generation => {
  const body = request.json ?? {}
  const asked = typeof body["n"] === "number" ? Math.min(Math.max(Math.trunc(body["n"]), 1), 128) : 1
  const tool = forcedTool(body)
  const choices = Array.from({ length: asked }, (_, index): Choice => {
    if (tool !== undefined) return { pieces: inPieces(tool.arguments), finish: "tool", tool: tool.name }
    const text = answer(request, index)
    const prefill = prefillOf(body)
    const rest = continuesPrefill && text.startsWith(prefill) ? text.slice(prefill.length) : text
    return limited(inPieces(rest), tokensAsked(body))
  })
  return {
    ...heard(request),
    choices,
    outputTokens: choices.reduce((total, { pieces }) => total + pieces.length, 0),
  }
}

/** What is known when the model has listened and says nothing: four characters count as one token. */
export const heard = ({ json = {} }: ReceivedRequest): Generation => ({
  choices: [],
  inputTokens: Math.ceil(conversationOf(json).length / 4),
  outputTokens: 0,
})

/** Cuts a text where a tokenizer might: at spaces, and long words (or Chinese) after eight characters. */
export const inPieces = (text: string): readonly string[] => text.match(/\s*\S{1,8}|\s+$/gu) ?? []

const limited = (pieces: readonly string[], limit: number | undefined): Choice =>
  limit !== undefined && pieces.length > limit
    ? { pieces: pieces.slice(0, limit), finish: "length", tool: undefined }
    : { pieces, finish: "stop", tool: undefined }
