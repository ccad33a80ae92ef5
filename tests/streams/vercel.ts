import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { placeholderBaseURL } from "@bellwether/core"
import { createFetch } from "@bellwether/fetch"
import { streamText } from "ai"
import type { Client } from "./clients.ts"

/** What `streamText` hands on as a part of its stream: an error of its own, or whatever the provider has sent. */
class ErrorPart extends Error {
  constructor(cause: unknown) {
    super("streamText has told of an error.", { cause })
  }
}

/** The Vercel AI SDK. Its `textStream` ends in silence after an error; the full one has it as a part. */
export const vercel: Client = {
  name: "ai 7, chat completions",
  provider: "openai",
  APIError: ErrorPart,
  readsAhead: true,
  async *pieces(pipeline, signal) {
    const provider = createOpenAICompatible({
      name: "bellwether",
      baseURL: placeholderBaseURL,
      apiKey: "kept-by-bellwether",
      fetch: createFetch(pipeline),
    })
    const leaving = new AbortController()
    const { stream } = streamText({
      model: provider("gpt-4o"),
      prompt: "Why do sheep follow a bell?",
      maxRetries: 0,
      abortSignal: AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]),
      // Else it writes errors to the console, too.
      onError() {},
    })
    try {
      for await (const part of stream)
        if (part.type === "error") throw new ErrorPart(part.error)
        else if (part.type === "text-delta") yield part.text
    } finally {
      // It splits its stream in two, so that leaving one half does not end the other.
      leaving.abort()
    }
  },
}
