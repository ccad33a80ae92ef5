import type { CallInput } from "@bellwether/core"

/** What must stay inside: keys, and the caller's and the provider's words. */
export const secrets = {
  keys: ["the-first-key-of-the-suite", "the-second-key-of-the-suite", "the-third-key-of-the-suite"],
  prompt: "Words that only the suite would ask.",
  answer: "Words that only the suite would answer, told one after the other until they are over.",
} as const

const said = [{ role: "user", content: secrets.prompt }]

const post = (path: string, body: object): CallInput => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", "x-of-the-caller": "kept" },
  body: JSON.stringify({ model: "gpt-4o", ...body }),
})

/** A call of each kind: read whole, streamed in each grammar, binary, and without a body. */
export const questions = {
  plain: post("/chat/completions", { messages: said }),
  embeddings: post("/embeddings", { model: "text-embedding-3-small", input: secrets.prompt }),
  speech: post("/audio/speech", { model: "gpt-4o-mini-tts", input: secrets.prompt, voice: "alloy" }),
  models: { path: "/models?limit=3" },
  stream: post("/chat/completions", { messages: said, stream: true }),
  responsesStream: post("/responses", { input: said, stream: true }),
  messagesStream: post("/messages", { messages: said, max_tokens: 100, stream: true }),
} satisfies Record<string, CallInput>

/** The same as `questions.plain`, for a model. */
export const plainQuestion = (model: string): CallInput =>
  post("/chat/completions", { messages: said, model })
