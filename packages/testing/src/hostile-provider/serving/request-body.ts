/** A parsed JSON body; its fields are whatever the client sent. */
export type RequestBody = Readonly<Record<string, unknown>>

const record = (value: unknown): RequestBody =>
  typeof value === "object" && value !== null ? (value as RequestBody) : {}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The turns of the conversation, whichever field the grammar keeps them in. */
const turnsOf = (body: RequestBody): readonly unknown[] =>
  Array.isArray(body["messages"]) ? body["messages"] : list(body["input"])

/** The text at the end of the conversation that the model is to go on from; empty if there is none. */
export const prefillOf = (body: RequestBody): string => {
  const last = record(turnsOf(body).at(-1))
  return last["role"] === "assistant" && last["tool_calls"] === undefined ? textOf(last["content"]) : ""
}

/** Everything the model is told, without the prefill: the same for an answer and for its continuation. */
export const conversationOf = (body: RequestBody): string => {
  const turns = turnsOf(body)
  const told = prefillOf(body) === "" ? turns : turns.slice(0, -1)
  if (told.length > 0) return JSON.stringify(told)
  return JSON.stringify(body["input"] ?? body["prompt"] ?? "")
}

/** The limit on generated tokens, under any of its names. */
export const tokensAsked = (body: RequestBody): number | undefined => {
  const limit = body["max_completion_tokens"] ?? body["max_output_tokens"] ?? body["max_tokens"]
  return typeof limit === "number" ? limit : undefined
}

/** The tool the model calls: the one asked for, else the first, unless its result is there already. */
export const forcedTool = (body: RequestBody): { name: string; arguments: string } | undefined => {
  const tools = list(body["tools"]).map(record)
  const choice = record(body["tool_choice"])
  const none = body["tool_choice"] === "none" || choice["type"] === "none"
  if (tools.length === 0 || none || hasToolResult(turnsOf(body).at(-1))) return undefined
  const wanted = record(choice["function"])["name"] ?? choice["name"]
  const functions = tools.map((tool) => ({ ...tool, ...record(tool["function"]) }))
  const called = functions.find(({ name }) => name === wanted) ?? functions[0]
  if (typeof called?.["name"] !== "string") return undefined
  const schema = record(called["parameters"] ?? called["input_schema"])
  return { name: called["name"], arguments: JSON.stringify(exampleOf(schema)) }
}

const hasToolResult = (turn: unknown): boolean => {
  const { role, type, content } = record(turn)
  const blocks = list(content).map(record)
  return (
    role === "tool" ||
    type === "function_call_output" ||
    blocks.some((block) => block["type"] === "tool_result")
  )
}

/** A value that a JSON schema of the simple kind accepts. */
const exampleOf = (schema: RequestBody): unknown => {
  if (Array.isArray(schema["enum"])) return schema["enum"][0]
  switch (schema["type"]) {
    case "string":
      return "a quiet flock on the hill"
    case "number":
    case "integer":
      return 7
    case "boolean":
      return true
    case "array":
      return [exampleOf(record(schema["items"]))]
    case "null":
      return null
    default:
      return Object.fromEntries(
        Object.entries(record(schema["properties"])).map(([name, field]) => [name, exampleOf(record(field))]),
      )
  }
}

const textOf = (content: unknown): string => {
  if (typeof content === "string") return content
  const texts = list(content).map((block) => record(block)["text"])
  return texts.filter((text) => typeof text === "string").join("")
}
