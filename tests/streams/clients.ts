import Anthropic from "@anthropic-ai/sdk"
import { placeholderBaseURL } from "@bellwether/core"
import { createFetch } from "@bellwether/fetch"
import { withPipeline } from "@bellwether/openai"
import type { Bellwether } from "bellwether"
import { sdks } from "../openai/sdks.ts"
import type { Sdk } from "../openai/sdks.ts"
import { vercel } from "./vercel.ts"

/** What a program reads of a stream. */
export interface Reading {
  readonly text: string
  /** What its SDK raised; `undefined` when it read to a proper end. */
  readonly error: unknown
}

/** A program that streams an answer through an SDK. */
export interface Client {
  readonly name: string
  readonly provider: "openai" | "anthropic"
  /** The class of all errors the SDK raises about an answer. */
  readonly APIError: new (...args: never) => Error
  /** It reads on by itself, whether its program does or not. */
  readonly readsAhead?: true
  /** Pieces of text, as they come. */
  pieces(pipeline: Bellwether, signal?: AbortSignal): AsyncGenerator<string>
}

const says = { role: "user" as const, content: "Why do sheep follow a bell?" }

const chat = ({ name, sdk }: { readonly name: string; readonly sdk: Sdk }): Client => ({
  name: `${name}, chat completions`,
  provider: "openai",
  APIError: sdk.APIError,
  async *pieces(pipeline, signal) {
    const client = new sdk.OpenAI(withPipeline(pipeline))
    const asked = { model: "gpt-4o", messages: [says] }
    const stream = await client.chat.completions.create({ ...asked, stream: true }, { signal })
    for await (const { choices } of stream) yield choices[0]?.delta.content ?? ""
  },
})

const responses = ({ name, sdk }: { readonly name: string; readonly sdk: Sdk }): Client => ({
  name: `${name}, responses`,
  provider: "openai",
  APIError: sdk.APIError,
  async *pieces(pipeline, signal) {
    const client = new sdk.OpenAI(withPipeline(pipeline))
    const asked = { model: "gpt-4o", input: says.content }
    const stream = await client.responses.create({ ...asked, stream: true }, { signal })
    for await (const event of stream) if (event.type === "response.output_text.delta") yield event.delta
  },
})

const messages: Client = {
  name: "@anthropic-ai/sdk, messages",
  provider: "anthropic",
  APIError: Anthropic.APIError,
  async *pieces(pipeline, signal) {
    const client = new Anthropic({
      apiKey: "kept-by-bellwether",
      baseURL: new URL(placeholderBaseURL).origin,
      fetch: createFetch(pipeline),
      maxRetries: 0,
    })
    const asked = { model: "claude-test", max_tokens: 100, messages: [says] }
    const stream = await client.messages.create({ ...asked, stream: true }, { signal })
    for await (const event of stream)
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") yield event.delta.text
  },
}

/** Models the clients ask for. */
export const models: readonly string[] = ["gpt-4o", "claude-test"]

/** Every SDK in every grammar it has. */
export const clients: readonly Client[] = [...sdks.map(chat), ...sdks.map(responses), messages, vercel]

/** One SDK for each grammar, for what does not depend on its version. */
export const newest: readonly Client[] = clients.filter(({ name }) => !/openai [56]/.test(name))

/** Reads a stream to its end, whatever that is. */
export const read = (client: Client, pipeline: Bellwether): Promise<Reading> => rest(client.pieces(pipeline))

/** Reads what is left of a stream. */
export async function rest(pieces: AsyncIterable<string>): Promise<Reading> {
  let text = ""
  try {
    for await (const piece of pieces) text += piece
    return { text, error: undefined }
  } catch (error) {
    return { text, error }
  }
}

/** The next piece with text in it; the last one without, if there is none. */
export async function nextText(pieces: AsyncGenerator<string>): Promise<string> {
  for (;;) {
    const { done = false, value } = await pieces.next()
    if (done || value !== "") return value ?? ""
  }
}
