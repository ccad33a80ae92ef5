import type { CallInput } from "@bellwether/core"

const headers = { "content-type": "application/json" }

const post = (path: string, body: object): CallInput => ({
  path,
  method: "POST",
  headers,
  body: JSON.stringify(body),
})

const said = [{ role: "user", content: "Where does the flock go?" }]
const chat = { model: "gpt-4o", messages: said }
const responses = { model: "gpt-4o", input: said }
const messages = { model: "claude-sonnet-4-5", messages: said, max_tokens: 1024 }

/** Calls as applications make them. Each is made anew, because a form can be sent only so often. */
export const questions = {
  chat: () => post("/chat/completions", chat),
  "chat stream": () => post("/chat/completions", { ...chat, stream: true }),
  "chat stream of two choices": () => post("/chat/completions", { ...chat, stream: true, n: 2 }),
  responses: () => post("/responses", responses),
  "responses stream": () => post("/responses", { ...responses, stream: true }),
  messages: () => post("/messages", messages),
  "messages stream": () => post("/messages", { ...messages, stream: true }),
  embeddings: () =>
    post("/embeddings", { model: "text-embedding-3-small", input: "Where does the flock go?" }),
  files(): CallInput {
    const body = new FormData()
    body.set("purpose", "user_data")
    body.set("file", new File(["one sheep\n".repeat(100)], "sheep.txt"))
    return { path: "/files", method: "POST", body }
  },
} satisfies Record<string, () => CallInput>

/** The name of a call. */
export type Question = keyof typeof questions

/** The model a call asks for. */
export const modelOf: Readonly<Record<Question, string | undefined>> = {
  chat: "gpt-4o",
  "chat stream": "gpt-4o",
  "chat stream of two choices": "gpt-4o",
  responses: "gpt-4o",
  "responses stream": "gpt-4o",
  messages: "claude-sonnet-4-5",
  "messages stream": "claude-sonnet-4-5",
  embeddings: "text-embedding-3-small",
  files: undefined,
}
