import type { RawRequest } from "./raw-exchange.ts"

/** The routes whose answers can be streamed, each with a grammar of its own. */
export const grammarNames = ["chat", "responses", "messages"] as const

const paths = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
} as const

/** A request any client might make, for tests of the provider. */
export const exampleRequest = (
  grammar: (typeof grammarNames)[number],
  fields: Readonly<Record<string, unknown>> = {},
): Required<Pick<RawRequest, "path" | "body">> => {
  const said = [{ role: "user", content: "Where does the flock go?" }]
  const conversation = grammar === "responses" ? { input: said } : { messages: said }
  const limit = grammar === "messages" ? { max_tokens: 1024 } : {}
  return { path: paths[grammar], body: { model: "gpt-4o", ...conversation, ...limit, ...fields } }
}
