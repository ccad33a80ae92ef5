import type { Grammar, Operation } from "./operation.ts"

/** A path whose answer depends on nothing but the request, so that any endpoint can give it. */
export interface Endpoint {
  readonly name: string
  readonly method: "GET" | "POST"
  readonly path: string
  readonly grammar?: Grammar
  /** @default "json" */
  readonly answer?: Operation["answer"]
}

/** A path under which resources live: a POST on it creates one, everything below it belongs to one. */
export interface Collection {
  readonly name: string
  readonly prefix: string
  readonly grammar?: Grammar
}

const post = (name: string, path: string, more: Pick<Endpoint, "grammar" | "answer"> = {}): Endpoint => ({
  name,
  method: "POST",
  path,
  ...more,
})

/** Paths that any endpoint can answer. */
export const statelessEndpoints: readonly Endpoint[] = [
  post("chat", "chat/completions", { grammar: "chat" }),
  post("completions", "completions", { grammar: "chat" }),
  post("completions", "fim/completions", { grammar: "chat" }),
  post("responses", "responses", { grammar: "responses" }),
  post("responses-input-tokens", "responses/input_tokens"),
  post("responses-compact", "responses/compact"),
  post("messages", "messages", { grammar: "messages" }),
  post("messages-count-tokens", "messages/count_tokens"),
  post("embeddings", "embeddings"),
  post("rerank", "rerank"),
  post("moderations", "moderations"),
  post("images", "images/generations"),
  post("images", "images/edits"),
  post("images", "images/variations"),
  post("audio-speech", "audio/speech", { answer: "binary" }),
  // Plain text, subtitles or JSON, as the caller asked.
  post("audio-transcriptions", "audio/transcriptions", { answer: "any" }),
  post("audio-translations", "audio/translations", { answer: "any" }),
]

/** Paths under which something lives. The longer path of two stands first. */
export const collections: readonly Collection[] = [
  { name: "chat", prefix: "chat/completions", grammar: "chat" },
  { name: "responses", prefix: "responses", grammar: "responses" },
  { name: "messages-batches", prefix: "messages/batches" },
  { name: "conversations", prefix: "conversations" },
  { name: "files", prefix: "files" },
  { name: "uploads", prefix: "uploads" },
  { name: "batches", prefix: "batches" },
  { name: "vector-stores", prefix: "vector_stores" },
  { name: "assistants", prefix: "assistants" },
  { name: "threads", prefix: "threads/runs" },
  { name: "threads", prefix: "threads" },
  { name: "fine-tuning", prefix: "fine_tuning/jobs" },
  { name: "fine-tuning", prefix: "fine_tuning/checkpoints" },
  { name: "containers", prefix: "containers" },
  { name: "videos", prefix: "videos" },
  { name: "evals", prefix: "evals" },
  { name: "models", prefix: "models" },
]
