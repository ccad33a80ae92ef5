import { isObject, type JsonObject, readText } from "./json-value.ts"

const deepest = 12

/** Members that name a resource wherever they stand in the request. */
const naming = ["file_id", "file_ids", "vector_store_ids"]

/** Members that name a resource only at the top of the request. */
const namingAtTop = ["input_file_id", "training_file", "assistant_id", "container"]

/** Members whose inside is the caller's own data and names nothing of ours. */
const foreign = new Set(["metadata", "parameters", "schema", "input_schema", "arguments"])

/** Texts without which {@link findResource} finds nothing; inside a JSON string their quotes would be escaped. */
const signs = ['"file_id', '"vector_store_ids"', ...namingAtTop.map((key) => `"${key}"`), '"pmpt_']

/** Whether the text of a body may name a resource; false is certain, true is not. */
export const mayNameResource = (text: string): boolean => signs.some((sign) => text.includes(sign))

const firstText = (value: unknown): string | undefined =>
  Array.isArray(value) ? value.map(readText).find((text) => text !== undefined) : readText(value)

const search = (value: unknown, depth: number): string | undefined => {
  if (depth > deepest || typeof value !== "object" || value === null) return undefined
  if (isObject(value)) {
    for (const key of naming) {
      const id = firstText(value[key])
      if (id !== undefined) return id
    }
  }
  for (const [key, inner] of Object.entries(value)) {
    const id = foreign.has(key) ? undefined : search(inner, depth + 1)
    if (id !== undefined) return id
  }
  return undefined
}

/** The id of the first thing a request is about and which lives at one provider: a file, a vector store, a prompt. */
export const findResource = (body: JsonObject): string | undefined => {
  for (const key of namingAtTop) {
    const id = readText(body[key])
    if (id !== undefined) return id
  }
  return (isObject(body.prompt) ? readText(body.prompt.id) : undefined) ?? search(body, 0)
}
